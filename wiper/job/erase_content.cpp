#include "wiper/job/erase_content.h"

#include <charconv>

#include "wiper/content/pattern.h"
#include "wiper/content/sample.h"

namespace relance {
namespace {

Error unknown(std::string_view name) {
  return {Errc::Invalid, Stop::Internal, "no pattern is called " + std::string(name)};
}

// "28-31-32". A power beyond 63 is no number of blocks.
Result<std::vector<unsigned>> powers_in(std::string_view text, std::string_view name) {
  std::vector<unsigned> powers;
  while (!text.empty()) {
    unsigned power = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), power);
    if (error != std::errc() || power > 63) return unknown(name);
    powers.push_back(power);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) break;
    if (text[0] != '-' || text.size() == 1) return unknown(name);
    text.remove_prefix(1);
  }
  if (powers.empty()) return unknown(name);
  return powers;
}

// The byte that a pass drew, by the pass's number as the content's name has it.
std::byte character_of(const RunStarted& started, std::string_view number) {
  return derive_key(started.seed, "character-" + std::string(number))[0];
}

Result<std::unique_ptr<Pattern>> pattern_named(const RunStarted& started, std::string_view name,
                                               const Geometry& geometry) {
  if (name == kCanaryContent) return keyed_pattern(started.cipher, derive_key(started.seed, name));
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || dash + 1 == name.size()) return unknown(name);
  const std::string_view kind = name.substr(0, dash);
  const std::string_view rest = name.substr(dash + 1);
  if (kind == "keyed") return keyed_pattern(started.cipher, derive_key(started.seed, name));
  if (kind == "character") return constant_pattern(character_of(started, rest));
  if (kind == "complement") return constant_pattern(~character_of(started, rest));
  if (is_stamp({.content = std::string(name)})) return lba_stamp_pattern(geometry.logical_bytes);
  const bool is_repeating = kind == "repeating";
  if (kind != "constant" && !is_repeating) return unknown(name);
  const Bytes bytes = TRY(from_hex(rest));
  if (is_repeating != (bytes.size() > 1) || bytes.empty()) return unknown(name);
  return is_repeating ? repeating_pattern(bytes) : constant_pattern(bytes[0]);
}

Result<ExtentSet> extents_of(const RunStarted& started, const Step& step, const Geometry& geometry) {
  // Two blocks in each of 1000 sections, the first and the last: known to nobody before the run.
  if (is_canary(step)) return sample_extents(geometry, 0, derive_key(started.seed, "canary places"));
  if (is_stamp(step)) {
    const std::vector<unsigned> powers =
        TRY(powers_in(std::string_view(step.content).substr(kStampContent.size()), step.content));
    return stamp_extents(geometry, powers);
  }
  const unsigned percent = step.kind == StepKind::Compare ? step.sample_percent : 100;
  return sample_extents(geometry, percent, started.seed);
}

}  // namespace

Result<std::shared_ptr<Content>> erase_content(const RunStarted& started, const Step& step, const Geometry& geometry) {
  const ExtentSet extents = TRY(extents_of(started, step, geometry));
  return erase_content(started, step, geometry, extents);
}

Result<std::shared_ptr<Content>> erase_content(const RunStarted& started, const Step& step, const Geometry& geometry,
                                               const ExtentSet& extents) {
  std::unique_ptr<Pattern> pattern = TRY(pattern_named(started, step.content, geometry));
  return pattern_content(step.content, std::move(pattern), geometry, extents, started.chunk_bytes);
}

}  // namespace relance
