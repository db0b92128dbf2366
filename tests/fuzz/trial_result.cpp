// What a deployed system wrote to its own disk, where anybody may have written since.
#include "wiper/journal/trial.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace relance;
  const auto checks = parse_trial_result(as_text(std::as_bytes(std::span(bytes, size))), "0123456789abcdef");
  if (!checks.ok()) return 0;
  require(!checks.value().empty() && checks.value().size() <= kMostTrialChecks, "no checks, or too many");
  for (const TrialCheck& check : checks.value())
    require(!check.name.empty() && check.detail.size() < kLongestTrialLine, "a check without a name, or too long");
  return 0;
}
