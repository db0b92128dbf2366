// relance.toml lies on a stick that anybody can edit.
#include "tui/profile/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);

  const relance::Result<relance::Profile> profile = relance::parse_profile(text);

  if (!profile.ok())
    relance::require(profile.error().stop == relance::Stop::ProfileWrong, "a wrong profile is called that");
  return 0;
}
