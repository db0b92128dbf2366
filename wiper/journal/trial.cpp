#include "wiper/journal/trial.h"

#include <algorithm>

#include "wiper/crypto/hash.h"

namespace relance {
namespace {

constexpr std::string_view kFirstLine = "relance-trial=1 ";
constexpr std::string_view kLastLine = "end=";
constexpr std::size_t kWordBytes = 8;  // No two deployments of a workshop share them.

Error wrong(std::string why) { return {Errc::Corrupt, Stop::TrialFailed, "the trial's result: " + std::move(why)}; }

bool is_printable(std::string_view line) {
  return std::ranges::all_of(line, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char letter) { return letter >= 'a' && letter <= 'z'; });
}

// Every line ends; one that does not was torn.
Result<std::vector<std::string_view>> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  if (text.size() > kLargestTrialFile) return wrong("too long");
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return wrong("its last line does not end");
    const std::string_view line = text.substr(0, end);
    if (line.size() > kLongestTrialLine || !is_printable(line)) return wrong("a line that is none of ours");
    lines.push_back(line);
    text.remove_prefix(end + 1);
  }
  return lines;
}

Result<TrialCheck> check_in(std::string_view line) {
  const std::size_t equals = std::min(line.find('='), line.size());
  const std::string_view name = line.substr(0, equals);
  const std::string_view said = line.substr(std::min(equals + 1, line.size()));
  const std::size_t space = std::min(said.find(' '), said.size());
  const std::optional<TrialOutcome> outcome = enum_named<TrialOutcome>(said.substr(0, space));
  if (!is_name(name) || !outcome) return wrong("a line without a name or an outcome");
  return TrialCheck{std::string(name), *outcome, std::string(said.substr(std::min(space + 1, said.size())))};
}

}  // namespace

std::string trial_word(std::span<const std::byte> run_seed) {
  Sha256 hash;
  hash.update(as_bytes("relance trial "));
  hash.update(run_seed);
  const Sha256Digest digest = hash.finish();
  return to_hex(std::span(digest).first(kWordBytes));
}

Result<std::vector<TrialCheck>> parse_trial_result(std::string_view text, std::string_view word) {
  const std::vector<std::string_view> lines = TRY(lines_of(text));
  if (lines.size() < 2 || lines.front() != std::string(kFirstLine) + std::string(word))
    return wrong("not of this deployment");
  const std::size_t count = lines.size() - 2;
  if (count > kMostTrialChecks || lines.back() != std::string(kLastLine) + std::to_string(count))
    return wrong("not whole");
  std::vector<TrialCheck> checks;
  for (std::size_t i = 1; i <= count; ++i) {
    TrialCheck check = TRY(check_in(lines[i]));
    const bool is_new = std::ranges::none_of(checks, [&](const TrialCheck& each) { return each.name == check.name; });
    if (!is_new) return wrong("a check twice");
    checks.push_back(std::move(check));
  }
  if (checks.empty()) return wrong("nothing was tried");
  return checks;
}

bool has_failed_check(const std::vector<TrialCheck>& checks) {
  return std::ranges::any_of(checks, [](const TrialCheck& each) { return each.outcome == TrialOutcome::Fail; });
}

}  // namespace relance
