#include "wiper/certificate/certificate_page.h"

#include <algorithm>

#include "wiper/certificate/page_words.h"
#include "wiper/text/paper.h"
#include "wiper/text/part.h"

namespace relance {
namespace {

constexpr Colour kInk{0x1C, 0x25, 0x2E};
constexpr Colour kMuted{0x5C, 0x68, 0x74};
constexpr Colour kRule{0xC8, 0xD0, 0xD6};
constexpr Colour kWhite{0xFF, 0xFF, 0xFF};
constexpr Colour kWatermark{0xEA, 0xEA, 0xEA};

constexpr Hundredths kLeft = 54_pt;
constexpr Hundredths kRight = kPageWidth - 54_pt;
constexpr Hundredths kWidth = kRight - kLeft;
constexpr Hundredths kGutter = 18_pt;
constexpr Hundredths kColumn = (kWidth - kGutter) / 2;
constexpr Hundredths kRow = 14.2_pt;
constexpr Hundredths kUnderBanner = 218_pt;
constexpr Hundredths kLabel = 76_pt;    // From a label's left to its value.
constexpr Hundredths kBottom = 664_pt;  // Below it: how a stranger checks the page.
constexpr Hundredths kNotes = 46_pt;  // Above it: room for a heading and one line that says how much there is besides.
constexpr std::size_t kMostBadRanges = 4;
constexpr std::size_t kMostPasses = 3;

// A verdict is known by its words, by its colour, and in black and white by its sign and by filled or empty ground.
enum class Sign : std::uint8_t { Check, Exclamation, Cross, Pause };
Sign sign_of(VerdictKind verdict) {
  switch (verdict) {
    case VerdictKind::Erased:
      return Sign::Check;
    case VerdictKind::ErasedWithReserve:
      return Sign::Exclamation;
    case VerdictKind::Interrupted:
      return Sign::Pause;
    case VerdictKind::Failed:
    case VerdictKind::NotErased:
      break;
  }
  return Sign::Cross;
}
struct Look {
  Colour accent;
  Colour ground;  // Behind the verdict.
  Sign sign;
};
// What is not of a physical drive has no colour: it must not look like a certificate from across the room.
Look look_of(const Certificate& certificate) {
  constexpr Colour kGrey{0x55, 0x55, 0x55};
  if (certificate.is_trial()) return {kGrey, kWhite, sign_of(certificate.verdict)};
  const Sign sign = sign_of(certificate.verdict);
  switch (certificate.verdict) {
    case VerdictKind::Erased:
      return {{0x17, 0x5E, 0x3C}, {0x17, 0x5E, 0x3C}, sign};
    case VerdictKind::ErasedWithReserve:
      return {{0x8A, 0x55, 0x00}, {0xFD, 0xF6, 0xE7}, sign};
    case VerdictKind::Interrupted:
      return {{0x3B, 0x4A, 0x6B}, {0xF1, 0xF3, 0xF8}, sign};
    case VerdictKind::Failed:
    case VerdictKind::NotErased:
      break;
  }
  return {{0x9B, 0x1C, 0x1C}, {0xFC, 0xF1, 0xF0}, sign};
}

Sentence words_of(VerdictKind verdict) {
  switch (verdict) {
    case VerdictKind::Erased:
      return Sentence::VerdictErased;
    case VerdictKind::ErasedWithReserve:
      return Sentence::VerdictReserve;
    case VerdictKind::Interrupted:
      return Sentence::VerdictInterrupted;
    case VerdictKind::NotErased:
      return Sentence::VerdictNotErased;
    case VerdictKind::Failed:
      break;
  }
  return Sentence::VerdictFailed;
}

PaperWord words_of(EraseOutcome outcome) {
  switch (outcome) {
    case EraseOutcome::Done:
      return PaperWord::ByDriveDone;
    case EraseOutcome::Unproven:
      return PaperWord::ByDriveUnproven;
    case EraseOutcome::NotOffered:
      return PaperWord::ByDriveNotOffered;
    case EraseOutcome::Refused:
      return PaperWord::ByDriveRefused;
    case EraseOutcome::Frozen:
      return PaperWord::ByDriveFrozen;
    case EraseOutcome::Locked:
      return PaperWord::ByDriveLocked;
    case EraseOutcome::Failed:
      return PaperWord::ByDriveFailed;
    case EraseOutcome::Stuck:
      return PaperWord::ByDriveStuck;
    case EraseOutcome::Lied:
      return PaperWord::ByDriveLied;
    case EraseOutcome::StillLocked:
      return PaperWord::ByDriveStillLocked;
    case EraseOutcome::Interrupted:
      return PaperWord::ByDriveInterrupted;
    case EraseOutcome::OtherNamespaces:
      break;
  }
  return PaperWord::ByDriveNamespaces;
}

// "ata" → "ATA".
std::string bus_words(Bus bus) {
  std::string words(name_of(bus));
  for (char& letter : words)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  return words;
}

class Page {
 public:
  Page(const Certificate& certificate, const PageRequest& request)
      : certificate_(certificate), request_(request), look_(look_of(certificate)) {}

  PdfCanvas draw() {
    if (certificate_.is_trial()) watermark();
    head();
    banner();
    y_ = kUnderBanner;
    drive();
    const Hundredths left_end = y_;
    y_ = kUnderBanner;
    machine();
    y_ = std::max(y_, left_end);
    erase();
    installed();
    notes();
    foot();
    return std::move(canvas_);
  }

 private:
  std::string word(PaperWord name, const std::vector<std::string>& arguments = {}) const {
    return say(request_.language, name, arguments);
  }

  std::string moment(const std::string& iso) const { return moment_words(request_.language, iso); }

  void watermark() {
    canvas_.slanted({kPageWidth / 2, kPageHeight / 2 + 60_pt}, {Face::Bold, 150_pt, kWatermark}, kTrialMark);
  }

  void head() {
    canvas_.frame({20_pt, 20_pt, kPageWidth - 40_pt, kPageHeight - 40_pt}, 1.6_pt, look_.accent);
    canvas_.frame({24_pt, 24_pt, kPageWidth - 48_pt, kPageHeight - 48_pt}, 0.4_pt, look_.accent);
    const Type name{Face::Bold, 11.5_pt, kInk};
    const std::string& workshop = certificate_.parties.workshop;
    canvas_.text({kLeft, 58_pt}, name,
                 wrapped(name, workshop.empty() ? "Relance" : workshop, kWidth - 130_pt, 1).front());
    canvas_.text({kRight, 58_pt}, {Face::Mono, 12.5_pt, kInk}, certificate_.number.empty() ? "–" : certificate_.number,
                 Align::Right);
    canvas_.line({{kLeft, 67_pt}, {kRight, 67_pt}}, 0.5_pt, kRule);

    Type title{Face::Bold, 27_pt, look_.accent};
    while (title.size > 14_pt && width_of(title, certificate_.title) > kWidth) title.size -= 1_pt;
    canvas_.text({kPageWidth / 2, 107_pt}, title, certificate_.title, Align::Centre);
    canvas_.text({kPageWidth / 2, 126_pt}, {Face::Regular, 9.5_pt, kMuted}, word(PaperWord::Declaration),
                 Align::Centre);
  }

  void sign(Place centre, Colour colour) {
    const auto at = [&](Hundredths x, Hundredths y) { return Place{centre.x + x, centre.y + y}; };
    switch (look_.sign) {
      case Sign::Check:
        canvas_.line({at(-12_pt, 1_pt), at(-3.5_pt, 10_pt), at(13_pt, -10_pt)}, 4.4_pt, colour);
        return;
      case Sign::Exclamation:
        canvas_.line({at(0, -18_pt), at(20_pt, 16_pt), at(-20_pt, 16_pt)}, 2.6_pt, colour, true);
        canvas_.line({at(0, -6_pt), at(0, 5_pt)}, 3.2_pt, colour);
        canvas_.line({at(0, 8.2_pt), at(0, 11.4_pt)}, 3.2_pt, colour);
        return;
      case Sign::Cross:
        canvas_.line({at(-12_pt, -12_pt), at(12_pt, 12_pt)}, 4.4_pt, colour);
        canvas_.line({at(-12_pt, 12_pt), at(12_pt, -12_pt)}, 4.4_pt, colour);
        return;
      case Sign::Pause:
        canvas_.line({at(-7_pt, -13_pt), at(-7_pt, 13_pt)}, 5.4_pt, colour);
        canvas_.line({at(7_pt, -13_pt), at(7_pt, 13_pt)}, 5.4_pt, colour);
        return;
    }
  }

  void banner() {
    const Box box{kLeft, 142_pt, kWidth, 74_pt};
    const bool is_filled = certificate_.verdict == VerdictKind::Erased && !certificate_.is_trial();
    const Colour colour = is_filled ? kWhite : look_.accent;
    canvas_.fill(box, look_.ground);
    canvas_.frame(box, 1.6_pt, look_.accent);
    sign({kLeft + 40_pt, 179_pt}, colour);

    const bool has_read = certificate_.erase.read_back.equal > 0;
    const Hundredths for_percent = has_read ? 122_pt : 10_pt;
    const Hundredths room = kWidth - 80_pt - for_percent;
    Type verdict{Face::Bold, 27_pt, colour};
    std::string words = say(request_.language, words_of(certificate_.verdict));
    if (certificate_.is_trial()) words = std::string(kTrialMark) + " – " + words;
    while (verdict.size > 14_pt && width_of(verdict, words) > room) verdict.size -= 1_pt;
    canvas_.text({kLeft + 78_pt, 179_pt}, verdict, words);
    const Type reason{Face::Regular, 9.5_pt, colour};
    Hundredths y = 196_pt;
    if (!certificate_.reasons.empty())
      for (const std::string& line : wrapped(reason, certificate_.reasons.front().words, room, 2)) {
        canvas_.text({kLeft + 78_pt, y}, reason, line);
        y += 11.5_pt;
      }
    if (!has_read) return;
    canvas_.text({kRight - 14_pt, 179_pt}, {Face::Bold, 27_pt, colour},
                 std::to_string(certificate_.erase.read_back.percent_equal) + "\u00A0%", Align::Right);
    canvas_.text({kRight - 14_pt, 196_pt}, {Face::Regular, 8.5_pt, colour}, word(PaperWord::ReadAndEqual),
                 Align::Right);
  }

  void heading(PaperWord name, Hundredths x, Hundredths width) {
    x_ = x;
    width_ = width;
    y_ += 26_pt;
    canvas_.text({x_, y_}, {Face::Bold, 10.5_pt, look_.accent}, word(name));
    canvas_.line({{x_, y_ + 4.5_pt}, {x_ + width_, y_ + 4.5_pt}}, 0.5_pt, kRule);
    y_ += 4.5_pt;
  }

  // A label and its value, which may take a second line; nothing is drawn into the room of the notes.
  void row(PaperWord label, const std::string& value, Face face = Face::Regular, std::size_t most_lines = 1) {
    const Type type{face, face == Face::Mono ? 8.8_pt : 9.2_pt, kInk};
    const bool is_missing = value.empty();
    const std::vector<std::string> lines = is_missing ? std::vector{say(request_.language, Sentence::NotStated)}
                                                      : wrapped(type, value, width_ - kLabel, most_lines);
    for (std::size_t i = 0; i < lines.size() && y_ + kRow < kBottom - kNotes; ++i) {
      y_ += i == 0 ? kRow : kRow - 2_pt;
      if (i == 0) canvas_.text({x_, y_}, {Face::Regular, 8_pt, kMuted}, word(label));
      const Type missing{Face::Regular, 9.2_pt, kMuted};
      canvas_.text({x_ + kLabel, y_}, is_missing ? missing : type, lines[i]);
    }
  }

  void drive() {
    const CertifiedDrive& drive = certificate_.drive;
    heading(PaperWord::TheDrive, kLeft, kColumn);
    row(PaperWord::Model, drive.model);
    row(PaperWord::Serial, drive.serial, Face::Mono);
    constexpr PaperWord kSources[] = {PaperWord::FromNobody, PaperWord::FromDrive, PaperWord::FromBridge,
                                      PaperWord::FromFileName};
    row(PaperWord::SerialFrom, word(kSources[static_cast<std::size_t>(drive.serial_source)]));
    row(PaperWord::Wwn, drive.wwn, Face::Mono);
    row(PaperWord::Firmware, drive.firmware, Face::Mono);
    constexpr PaperWord kMedia[] = {PaperWord::UnknownMedium, PaperWord::Rotating, PaperWord::Flash};
    row(PaperWord::Kind, word(kMedia[static_cast<std::size_t>(drive.medium)]) + " · " + bus_words(drive.bus));
    row(PaperWord::Size,
        word(PaperWord::SizeIs, {say_size(request_.language, drive.size_bytes), grouped(drive.blocks),
                                 grouped(drive.logical_block_bytes)}),
        Face::Regular, 2);
  }

  void machine() {
    const MachineFacts& machine = certificate_.machine;
    heading(PaperWord::TheMachine, kLeft + kColumn + kGutter, kColumn);
    row(PaperWord::Maker, machine.maker);
    row(PaperWord::Product, machine.product);
    row(PaperWord::Serial, machine.serial, Face::Mono);
    row(PaperWord::Memory, machine.memory_bytes == 0 ? "" : say_size(request_.language, machine.memory_bytes));
    row(PaperWord::Donor, certificate_.parties.donor);
    row(PaperWord::Lot, certificate_.parties.lot);
    row(PaperWord::Operator, certificate_.parties.operator_name);
  }

  std::string read_back(const CertifiedReadBack& counts) const {
    return word(PaperWord::ReadBackIs,
                {grouped(counts.equal), grouped(counts.blocks), std::to_string(counts.percent_equal),
                 grouped(counts.differing), grouped(counts.unreadable)});
  }

  std::string bad_blocks() const {
    const std::vector<BadRange>& ranges = certificate_.bad_ranges;
    if (ranges.empty()) return word(PaperWord::NoBadBlocks);
    std::string list;
    for (std::size_t i = 0; i < ranges.size() && i < kMostBadRanges; ++i) {
      std::string blocks = std::to_string(ranges[i].first);
      if (ranges[i].count > 1) blocks += "–" + std::to_string(ranges[i].first + ranges[i].count - 1);
      list += (i == 0 ? "" : ", ") +
              word(ranges[i].during == "write" ? PaperWord::BadWhileWriting : PaperWord::BadWhileReading, {blocks});
    }
    if (ranges.size() > kMostBadRanges)
      list += " " + word(PaperWord::AndMore, {std::to_string(ranges.size() - kMostBadRanges)});
    return list;
  }

  std::string duration() const {
    const std::uint64_t minutes = (certificate_.times.elapsed_s + 59) / 60;
    if (minutes < 120) return word(PaperWord::MinutesAre, {std::to_string(minutes)});
    return word(PaperWord::HoursAre, {std::to_string(minutes / 60), std::to_string(minutes % 60)});
  }

  // What the drive did by itself and what became of the canaries: never one figure with the read-back.
  void by_drive() {
    if (!certificate_.erase.by_drive) return;
    const CertifiedByDrive& told = *certificate_.erase.by_drive;
    for (const CertifiedCommand& each : told.commands)
      row(PaperWord::ByDrive,
          word(PaperWord::CommandIs, {std::string(name_of(each.command)), word(words_of(each.outcome))}));
    if (!told.canaries) return row(PaperWord::CanaryBlocks, word(PaperWord::NotSearched));
    const Canaries& found = *told.canaries;
    row(PaperWord::CanaryBlocks,
        word(PaperWord::CanariesAre, {grouped(found.gone), grouped(found.planned), grouped(found.kept),
                                      grouped(found.unread), grouped(found.unread_sections), grouped(found.sections)}));
  }

  void erase() {
    const CertifiedErase& erase = certificate_.erase;
    heading(PaperWord::TheErase, kLeft, kWidth);
    row(PaperWord::Level, erase.level == "none" ? word(PaperWord::NoLevel) : erase.level + " (NIST SP 800-88)",
        Face::Bold);
    by_drive();
    row(PaperWord::Technique, erase.technique);
    for (std::size_t i = 0; i < erase.passes.size() && i < kMostPasses; ++i) {
      const CertifiedPass& pass = erase.passes[i];
      std::string said = word(PaperWord::PassIs, {pass.content, grouped(pass.chunks_written), grouped(pass.chunks),
                                                  grouped(pass.blocks_refused)});
      if (i + 1 == kMostPasses && erase.passes.size() > kMostPasses)
        said = word(PaperWord::AndMore, {std::to_string(erase.passes.size() - i)});
      row(PaperWord::Passes, said);
    }
    row(PaperWord::ReadBack, read_back(erase.read_back), Face::Regular, 2);
    row(PaperWord::BadBlocks, bad_blocks(), Face::Regular, 2);
    const std::vector<CertifiedInterruption>& cuts = certificate_.interruptions;
    row(PaperWord::Interruptions,
        cuts.empty() ? word(PaperWord::NotInterrupted)
                     : word(PaperWord::InterruptedTimes, {std::to_string(cuts.size()), moment(cuts.back().noticed)}));
    row(PaperWord::Period,
        word(PaperWord::PeriodIs, {moment(certificate_.times.started), moment(certificate_.times.ended), duration()}));
  }

  std::string trial() const {
    if (!certificate_.trial) return "";
    if (certificate_.trial->state == TrialState::NotDone) return say(request_.language, Sentence::TrialNotDone);
    if (certificate_.trial->state == TrialState::Awaited) return say(request_.language, Sentence::TrialAwaited);
    constexpr PaperWord kOutcomes[] = {PaperWord::TrialPass, PaperWord::TrialFail, PaperWord::TrialAbsent};
    std::string list;
    for (std::size_t outcome = 0; outcome < std::size(kOutcomes); ++outcome) {
      std::string names;
      for (const TrialCheck& check : certificate_.trial->checks)
        if (static_cast<std::size_t>(check.outcome) == outcome)
          names += (names.empty() ? "" : ", ") + say_part(request_.language, check.name);
      if (!names.empty()) list += (list.empty() ? "" : " ; ") + word(kOutcomes[outcome], {names});
    }
    return list;
  }

  void installed() {
    heading(PaperWord::TheSystem, kLeft, kWidth);
    if (!certificate_.image) return row(PaperWord::Image, word(PaperWord::NoImage));
    const CertifiedImage& image = *certificate_.image;
    row(PaperWord::Image, image.name, Face::Bold);
    row(PaperWord::Manifest, image.manifest_sha256, Face::Mono);
    row(PaperWord::ReadBack, read_back(image.read_back), Face::Regular, 2);
    row(PaperWord::Trial, trial(), Face::Regular, 2);
  }

  // What must be said besides: other reasons, statements, the certificate that this one replaces.
  void notes() {
    std::vector<std::string> said;
    for (std::size_t i = 1; i < certificate_.reasons.size(); ++i) said.push_back(certificate_.reasons[i].words);
    for (const Statement& each : certificate_.statements) said.push_back(each.words);
    if (certificate_.replaces)
      said.push_back(word(PaperWord::Rank, {std::to_string(certificate_.rank), certificate_.replaces->file}));
    if (said.empty()) return;
    heading(PaperWord::ToKnow, kLeft, kWidth);
    const Type type{Face::Regular, 9.2_pt, kInk};
    for (std::size_t i = 0; i < said.size(); ++i) {
      const bool is_last_line = y_ + 3 * kRow >= kBottom;
      const bool is_last = i + 1 == said.size();
      y_ += i == 0 ? kRow : kRow - 1.4_pt;
      const std::string words =
          is_last_line && !is_last ? word(PaperWord::AndMore, {std::to_string(said.size() - i)}) : "– " + said[i];
      const std::vector<std::string> lines = wrapped(type, words, kWidth, 2);
      canvas_.text({kLeft, y_}, type, lines.front());
      if (lines.size() > 1) canvas_.text({kLeft, y_ += kRow - 2_pt}, type, lines.back());
      if (is_last_line) return;
    }
  }

  void foot() {
    canvas_.line({{kLeft, 670_pt}, {kRight, 670_pt}}, 0.5_pt, kRule);
    canvas_.text({kLeft, 686_pt}, {Face::Bold, 10.5_pt, look_.accent}, word(PaperWord::ToCheck));
    const Type type{Face::Regular, 8_pt, kInk};
    const Hundredths room = kSignatureBox.width;
    Hundredths y = 686_pt;
    const auto say_lines = [&](const std::string& words, std::size_t most_lines) {
      for (const std::string& line : wrapped(type, words, room, most_lines))
        canvas_.text({kLeft, y += 10.6_pt}, type, line);
    };
    const Type mono{Face::Mono, 7.4_pt, kInk};
    y += 2_pt;
    say_lines(word(PaperWord::SignedBy, {request_.signer, moment(certificate_.times.certificate)}), 1);
    if (certificate_.times.source != TimeSource::PcClock)
      say_lines(word(PaperWord::PcClockWas, {moment(certificate_.times.pc_clock)}), 1);
    say_lines(word(PaperWord::CheckSignature), 2);
    if (!request_.root_fingerprint.empty()) {
      say_lines(word(PaperWord::CheckRoot), 1);
      canvas_.text({kLeft, y += 10_pt}, mono, hex_groups(request_.root_fingerprint.substr(0, 32), 4));
    }
    say_lines(word(PaperWord::CheckData), 1);
    say_lines(word(PaperWord::DataHash), 1);
    canvas_.text({kLeft, y += 10_pt}, mono, request_.text_sha256);
    if (const std::optional<CertifiedLedger>& ledger = certificate_.ledger)
      say_lines(word(PaperWord::LedgerIs, {ledger->file, std::to_string(ledger->rank),
                                           hex_groups(to_hex(ledger->previous).substr(0, 16), 4)}),
                1);
    code();
    const Type small{Face::Regular, 6.8_pt, kMuted};
    canvas_.line({{kLeft, 792_pt}, {kRight, 792_pt}}, 0.5_pt, kRule);
    canvas_.text({kPageWidth / 2, 803_pt}, small, wrapped(small, word(PaperWord::Standards), kWidth, 1).front(),
                 Align::Centre);
  }

  void code() {
    if (request_.qr.empty()) return;
    constexpr Hundredths kSide = 104_pt;
    const auto count = static_cast<Hundredths>(request_.qr.size());
    const Hundredths square = kSide / count;
    const Place at{kRight - square * count, 678_pt};  // White around it: a reader needs four squares of that.
    canvas_.squares(at, square, request_.qr);
    canvas_.text({at.x + square * count / 2, 788.5_pt}, {Face::Regular, 6.4_pt, kMuted}, word(PaperWord::QrSays),
                 Align::Centre);
  }

  const Certificate& certificate_;
  const PageRequest& request_;
  const Look look_;
  PdfCanvas canvas_;
  Hundredths x_ = kLeft;
  Hundredths width_ = kWidth;
  Hundredths y_ = 0;
};

}  // namespace

PdfCanvas certificate_page(const Certificate& certificate, const PageRequest& request) {
  return Page(certificate, request).draw();
}

}  // namespace relance
