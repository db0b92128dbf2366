#pragma once
// What an erase step writes or compares, made from the run's beginning alone: by the job, and again by whoever reads the
// drive later.

#include <memory>

#include "wiper/journal/event.h"

namespace relance {

// `step` has the role Erase and is a write or a comparison. Of a sampled comparison: the sample only.
Result<std::shared_ptr<Content>> erase_content(const RunStarted& started, const Step& step, const Geometry& geometry);

// The same pattern over other blocks.
Result<std::shared_ptr<Content>> erase_content(const RunStarted& started, const Step& step, const Geometry& geometry,
                                               const ExtentSet& extents);

}  // namespace relance
