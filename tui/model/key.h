#pragma once
// One key as the presenter read it from the terminal.

#include <cstdint>

namespace relance {

enum class KeyName : std::uint8_t {
  Letter,
  Enter,
  Escape,
  Backspace,
  Tab,
  Up,
  Down,
  Left,
  Right,
  Interrupt
};  // Interrupt: Ctrl-C.

struct Key {
  KeyName name = KeyName::Letter;
  char32_t letter = 0;  // Of a Letter: one printable code point.

  bool operator==(const Key&) const = default;
};

}  // namespace relance
