#pragma once
// What a terminal shows, as a value: a grid of cells that a test compares with text and the presenter copies.

#include <string>
#include <string_view>
#include <vector>

#include "tui/model/message.h"

namespace relance {

// What a cell means; its colours are the presenter's business, and never say something alone.
enum class Tone : std::uint8_t { Plain, Faint, Strong, Running, YourTurn, Done, Stop };

struct Style {
  Tone tone = Tone::Plain;
  bool is_band = false;  // Light letters on the tone's colour; otherwise coloured letters on black.
  bool operator==(const Style&) const = default;
};

struct Cell {
  char32_t letter = U' ';
  Style style;
  bool operator==(const Cell&) const = default;
};

inline constexpr char32_t kBlock = U'█';  // Drawn by the presenter as a reversed blank: no font lacks it.
inline constexpr char32_t kShade = U'░';  // Likewise the empty part of a bar.

// Writing outside of the grid does nothing.
class Screen {
 public:
  explicit Screen(Size size)
      : size_(size), cells_(static_cast<std::size_t>(size.columns) * static_cast<std::size_t>(size.rows)) {}

  Size size() const { return size_; }
  const Cell& at(int column, int row) const { return cells_[static_cast<std::size_t>(row * size_.columns + column)]; }

  // One line, cut at the right edge. Letters that are no single cell on every terminal become '?'. Gives the column behind.
  int put(int column, int row, std::string_view utf8, Style style = {});
  void put_right(int column_behind, int row, std::string_view utf8, Style style = {});
  void fill(int column, int row, int columns, int rows, Cell cell);

  // Rows with their blanks at the end cut off, each with a newline.
  std::string to_text() const;

  bool operator==(const Screen& other) const { return size_ == other.size_ && cells_ == other.cells_; }

 private:
  Size size_;
  std::vector<Cell> cells_;
};

// Code points, those that are no single cell replaced by '?'.
std::u32string cells_of(std::string_view utf8);
int width_of(std::string_view utf8);
// At blanks, each line at most that wide; a longer word is broken.
std::vector<std::string> wrapped(std::string_view utf8, int columns);

}  // namespace relance
