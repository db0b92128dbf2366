#pragma once
// The four laws of DESIGN.md §4 as questions to the outcome of a stay. Each answer is a sentence for every breach; none
// is what must come out. A law looks at platters, at what came through to the drives and at the journal on the stick.

#include "tests/laws/bench.h"

namespace relance {

using Breaches = std::vector<std::string>;

// 1. What a certificate would claim is so.
Breaches never_lies(const Stay& stay, const Outcome& outcome);
// 2. Nothing outside the chosen drives changed; nothing was written before the stick knew of it.
Breaches stays_in_its_radius(const Outcome& outcome);
// 3. For a stay in which nothing but power cuts happened: in the end the drives hold what an uncut run leaves, the finish
// never shows LBA 0 before the rest, and the evidence has every interruption.
Breaches resumes_invisibly(const Outcome& outcome);
// 4. Every job has exactly one end, on the stick too if the stick takes it.
Breaches is_never_silent(const Stay& stay, const Outcome& outcome);

// Those of the above that hold whatever happens.
Breaches breaches_of_laws(const Stay& stay, const Outcome& outcome);

std::string to_text(const Breaches& breaches);

// Whether a fault of this kind came to pass in any boot.
bool was_struck(const TargetOutcome& target, FaultKind by);

}  // namespace relance
