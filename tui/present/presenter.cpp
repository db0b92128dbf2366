#include "tui/present/presenter.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>

#include "tui/present/crash_guard.h"
#include "tui/present/key_parser.h"
#include "tui/present/terminfo.h"
#include "wiper/text/utf8.h"

namespace relance {
namespace {

struct Colours {
  int letters = -1;  // -1: the terminal's own.
  int ground = -1;
};

// The numbers of xterm's 256 colours. Light letters on dark grounds, contrast at least 7 to 1; amber has black letters.
constexpr int kWhite = 231, kBlack = 16, kGrey = 238;

Colours colours_of_256(Style style) {
  static constexpr int kGrounds[] = {kGrey, kGrey, kGrey, 19, 214, 22, 124};
  static constexpr int kLetters[] = {252, 245, kWhite, 75, 214, 77, 203};
  const auto tone = static_cast<std::size_t>(style.tone);
  if (!style.is_band) return {kLetters[tone], -1};
  return {style.tone == Tone::YourTurn ? kBlack : kWhite, kGrounds[tone]};
}

// The eight of every colour terminal since 1979.
Colours colours_of_8(Style style) {
  static constexpr int kGrounds[] = {4, 4, 4, 4, 3, 2, 1};
  static constexpr int kLetters[] = {-1, -1, -1, 6, 3, 2, 1};
  const auto tone = static_cast<std::size_t>(style.tone);
  if (!style.is_band) return {kLetters[tone], -1};
  return {style.tone == Tone::YourTurn || style.tone == Tone::Done ? 0 : 7, kGrounds[tone]};
}

class TerminalPresenter : public Presenter {
 public:
  explicit TerminalPresenter(Terminfo terminal)
      : terminal_(terminal), colour_count_(terminal_.number("colors")), plain_(terminal_.text("sgr0")) {}
  ~TerminalPresenter() override { restore_terminal(); }

  Result<void> take() {
    termios settings{};
    if (::tcgetattr(STDIN_FILENO, &settings) != 0)
      return Error{Errc::Unsupported, Stop::Usage, "standard input is not a terminal"};
    hold_terminal(settings, plain_ + terminal_.text("cnorm") + terminal_.text("rmkx") + terminal_.text("rmcup"));

    settings.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
    settings.c_cc[VMIN] = 0;  // read() gives what is there, and never waits.
    settings.c_cc[VTIME] = 0;
    if (::tcsetattr(STDIN_FILENO, TCSANOW, &settings) != 0)
      return Error{Errc::Unsupported, Stop::Usage, "the terminal does not take its settings"};
    // The Linux console may be in an 8-bit mode; "ESC % G" means UTF-8, and others pass over it.
    send("\033%G" + terminal_.text("smcup") + terminal_.text("smkx") + terminal_.text("civis"));
    return {};
  }

  void show(const Screen& screen) override {
    const bool is_new = !shown_ || shown_->size() != screen.size();
    std::string bytes;
    if (is_new) bytes += plain_ + terminal_.text("clear");
    for (int row = 0; row < screen.size().rows; ++row) bytes += changes_in_row(screen, row, is_new);
    if (!bytes.empty()) send(bytes + plain_);
    shown_ = screen;
  }

  std::vector<Key> read_keys() override {
    std::array<char, 256> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return keys_.pause();
    return keys_.feed({bytes.data(), static_cast<std::size_t>(count)});
  }

 private:
  static void send(const std::string& bytes) { write_to_terminal(bytes.data(), bytes.size()); }

  std::string changes_in_row(const Screen& screen, int row, bool is_new) const {
    std::string bytes;
    int cursor = -1;                // Where the terminal's cursor stands, if it is on this row.
    const Cell* dressed = nullptr;  // The cell whose colours are set.
    for (int column = 0; column < screen.size().columns; ++column) {
      const Cell& cell = screen.at(column, row);
      const Cell before = is_new ? Cell{} : shown_->at(column, row);
      const bool is_corner = row + 1 == screen.size().rows && column + 1 == screen.size().columns;
      if (cell == before || is_corner) continue;  // Writing the corner scrolls some terminals.
      if (cursor != column) bytes += terminal_.text("cup", row, column);
      if (dressed == nullptr || dressed->style != cell.style || ink_of(*dressed) != ink_of(cell)) bytes += dress(cell);
      dressed = &cell;
      bytes += letter(cell);
      cursor = column + 1;
    }
    return bytes;
  }

  enum class Ink { Letter, Block, Shade };
  static Ink ink_of(const Cell& cell) {
    return cell.letter == kBlock ? Ink::Block : cell.letter == kShade ? Ink::Shade : Ink::Letter;
  }

  // Blocks are blanks in the letters' colour: no font lacks them.
  std::string letter(const Cell& cell) const {
    if (ink_of(cell) == Ink::Block) return " ";
    if (ink_of(cell) == Ink::Shade) return colour_count_ >= 256 ? " " : ".";
    return to_utf8(std::u32string(1, cell.letter));
  }

  std::string dress(const Cell& cell) const {
    const Ink ink = ink_of(cell);
    std::string bytes = plain_;
    if (cell.style.tone == Tone::Strong) bytes += terminal_.text("bold");
    if (colour_count_ < 8) {
      const bool is_reversed = cell.style.is_band != (ink == Ink::Block);
      return is_reversed ? bytes + terminal_.text("rev") : bytes;
    }
    Colours colours = colour_count_ >= 256 ? colours_of_256(cell.style) : colours_of_8(cell.style);
    if (ink == Ink::Block) colours.ground = colours.letters < 0 ? 7 : colours.letters;
    if (ink == Ink::Shade && colour_count_ >= 256) colours.ground = kGrey;
    if (colours.letters >= 0) bytes += terminal_.text("setaf", colours.letters);
    if (colours.ground >= 0) bytes += terminal_.text("setab", colours.ground);
    return bytes;
  }

  Terminfo terminal_;
  int colour_count_;
  std::string plain_;
  std::optional<Screen> shown_;
  KeyParser keys_;
};

}  // namespace

Result<std::unique_ptr<Presenter>> Presenter::open() {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1)
    return Error{Errc::Unsupported, Stop::Usage, "the screens need a terminal; without one, use a subcommand"};
  const char* term = std::getenv("TERM");
  Terminfo terminal = TRY(Terminfo::open(term == nullptr ? "linux" : term));
  auto presenter = std::make_unique<TerminalPresenter>(terminal);
  TRY(presenter->take());
  return std::unique_ptr<Presenter>(std::move(presenter));
}

}  // namespace relance
