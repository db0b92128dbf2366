#pragma once
// A donor's list of machines, as a spreadsheet writes it: CSV by commas, semicolons or tabs (RFC 4180 quotes), UTF-8 or
// Windows-1252, with a first line that names the columns in French or English.

#include <optional>
#include <string>
#include <vector>

#include "wiper/base/bytes.h"
#include "wiper/base/fields.h"

namespace relance {

struct AnnouncedMachine {
  std::string number;  // Ours, if the workshop has filled it in: "DEF-04217-8".
  std::string tag;     // The donor's own.
  std::string serial;  // Of the machine.
  std::string model;
  std::optional<std::uint64_t> year;  // Of its making.
  std::string destroyed;              // Who attests it, and when; empty: it was not.
  std::string note;                   // Why it is not here.
  bool operator==(const AnnouncedMachine&) const = default;
};

inline constexpr std::size_t kLongestLotList = std::size_t{4} << 20;
inline constexpr std::size_t kMostAnnounced = 20'000;

// Invalid (Usage), naming the line: no column that names a machine (number, tag or serial), a line without any of them, a
// machine that is listed twice, a year that is none, a quote that does not end, too long.
Result<std::vector<AnnouncedMachine>> parse_lot_list(std::span<const std::byte> file);

// Fields as a spreadsheet reads them: by semicolons, quoted where they must be. A field that a spreadsheet would take for a
// formula gets an apostrophe before it.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace relance
