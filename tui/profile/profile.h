#pragma once
// relance.toml: what the workshop's manager decided once, so that a technician need not. Every key may be missing; what is
// then taken is the careful choice. The file comes from a stick that anybody can edit, so it is read strictly: a key that
// we do not know is a typing error that would silently change nothing.

#include <string>
#include <string_view>

#include "tui/model/at_end.h"
#include "wiper/plan/plan.h"

namespace relance {

struct Profile {
  Policy policy;
  std::string workshop;
  std::string operator_name;
  std::string donor;
  std::string lot;
  std::string verify_url;             // Where a phone is sent that reads a certificate's QR code; empty: it shows text.
  std::string number_prefix = "DEF";  // Of the labels: six typed digits become "DEF-04217-8".
  AtEnd at_end = AtEnd::Wait;
  bool autopilot = false;  // A job starts by itself on the internal drives once it has a number, and resumes by itself.
  std::vector<std::string> numbers;  // Given to the PCs one after the other; empty: each is asked.
  std::string passphrase;            // Opens the stick's key without a question; empty: it is asked.
};

// Stop::ProfileWrong; the detail starts with "relance.toml:LINE:COLUMN: ".
Result<Profile> parse_profile(std::string_view toml);

// The file that a new stick gets: every key with its value, explained to the manager in the profile's language.
// parse_profile() takes it.
std::string example_profile(const Profile& profile);

}  // namespace relance
