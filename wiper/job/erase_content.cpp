#include "wiper/job/erase_content.h"

#include "wiper/content/pattern.h"
#include "wiper/content/sample.h"

namespace relance {
namespace {

Result<std::unique_ptr<Pattern>> pattern_named(const RunStarted& started, std::string_view name) {
  const std::string_view constant = "constant-";
  if (name.starts_with("keyed-")) return keyed_pattern(started.cipher, derive_key(started.seed, name));
  if (!name.starts_with(constant))
    return Error{Errc::Invalid, Stop::Internal, "no pattern is called " + std::string(name)};
  const Bytes value = TRY(from_hex(name.substr(constant.size())));
  if (value.size() != 1) return Error{Errc::Invalid, Stop::Internal, "a constant pattern is one byte"};
  return constant_pattern(value[0]);
}

}  // namespace

Result<std::shared_ptr<Content>> erase_content(const RunStarted& started, const Step& step, const Geometry& geometry) {
  const unsigned percent = step.kind == StepKind::Compare ? step.sample_percent : 100;
  return erase_content(started, step, geometry, sample_extents(geometry, percent, started.seed));
}

Result<std::shared_ptr<Content>> erase_content(const RunStarted& started, const Step& step, const Geometry& geometry,
                                               const ExtentSet& extents) {
  std::unique_ptr<Pattern> pattern = TRY(pattern_named(started, step.content));
  return pattern_content(step.content, std::move(pattern), geometry, extents, started.chunk_bytes);
}

}  // namespace relance
