#pragma once
// relance.toml: what the workshop's manager decided once, so that a technician need not. Every key may be missing; what is
// then taken is the careful choice. The file comes from a stick that anybody can edit, so it is read strictly: a key that
// we do not know is a typing error that would silently change nothing.

#include <string>
#include <string_view>

#include "wiper/plan/plan.h"

namespace relance {

enum class AtEnd : std::uint8_t { Wait, PowerOff, Reboot };
template <>
struct EnumNames<AtEnd> {
  static constexpr std::array<std::string_view, 3> names{"wait", "poweroff", "reboot"};
};

struct Profile {
  Policy policy;
  std::string workshop;
  std::string operator_name;
  std::string donor;
  std::string lot;
  std::string number_prefix = "DEF";  // Of the labels: six typed digits become "DEF-04217-8".
  AtEnd at_end = AtEnd::Wait;
  bool autopilot = false;  // An interrupted job resumes by itself.
};

// Stop::ProfileWrong; the detail starts with "relance.toml:LINE:COLUMN: ".
Result<Profile> parse_profile(std::string_view toml);

// The file that a new stick gets: every key with its value, explained to the manager in the profile's language.
// parse_profile() takes it.
std::string example_profile(const Profile& profile);

}  // namespace relance
