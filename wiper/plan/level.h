#pragma once
// What an erase may be called: one table, command × medium, each row with its source. A level is looked up for what was
// done and proven; nobody chooses it. Reading back can lower it to none, never raise it.

#include <span>

#include "wiper/command/erase_command.h"
#include "wiper/discover/drive_facts.h"

namespace relance {

enum class Level : std::uint8_t { None, Clear, Purge };  // NIST SP 800-88; None: nothing may be claimed.
template <>
struct EnumNames<Level> {
  static constexpr std::array<std::string_view, 3> names{"none", "Clear", "Purge"};
};

struct LevelRow {
  EraseCommand command;
  Level rotating;
  Level flash;  // And every medium that does not say that it rotates.
  std::string_view source;
};
std::span<const LevelRow> level_table();

// eMMC and memory cards are Clear at most, whatever the command.
Level level_of(EraseCommand command, const DriveFacts& drive);

}  // namespace relance
