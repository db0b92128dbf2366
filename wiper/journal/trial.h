#pragma once
// A deployed system's trial start: what its own service tried and left on its disk, for the stick to collect. The file is
// read from a disk that somebody else may have written to: it is hostile.
//
// File, as image-build/master/parts/trial writes it: lines of at most kLongestTrialLine bytes of printable ASCII,
//
//   relance-trial=1 WORD
//   NAME=pass|fail|absent DETAIL     NAME is lower-case letters; DETAIL may be missing with its space
//   …
//   end=COUNT                        of the lines between

#include <string>
#include <string_view>
#include <vector>

#include "wiper/base/bytes.h"
#include "wiper/base/fields.h"
#include "wiper/base/result.h"

namespace relance {

// Absent: the PC has no such part, or nothing to try it with.
enum class TrialOutcome : std::uint8_t { Pass, Fail, Absent };
template <>
struct EnumNames<TrialOutcome> {
  static constexpr std::array<std::string_view, 3> names{"pass", "fail", "absent"};
};

struct TrialCheck {
  std::string name;  // "sound"
  TrialOutcome outcome = TrialOutcome::Absent;
  std::string detail;

  static constexpr auto fields() {
    return std::tuple{field("name", &TrialCheck::name), field("outcome", &TrialCheck::outcome),
                      field("detail", &TrialCheck::detail)};
  }
  bool operator==(const TrialCheck&) const = default;
};

inline constexpr std::size_t kMostTrialChecks = 32;
inline constexpr std::size_t kLongestTrialLine = 200;
inline constexpr std::size_t kLargestTrialFile = (kMostTrialChecks + 2) * (kLongestTrialLine + 1);

// What belongs to one deployment alone: it names the marker in the deployed system, and a result is only believed with it.
std::string trial_word(std::span<const std::byte> run_seed);

// Corrupt, with Stop::TrialFailed: torn, of another deployment, or no such file.
Result<std::vector<TrialCheck>> parse_trial_result(std::string_view text, std::string_view word);

bool has_failed_check(const std::vector<TrialCheck>& checks);

}  // namespace relance
