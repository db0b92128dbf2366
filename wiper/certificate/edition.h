#pragma once
// A certificate outlives the program that made it. Each edition of the file knew some members less; its bytes stay what was
// signed. Reading fills in what the silence of an earlier edition means, writing takes exactly that out again, so that the
// text can be compared whole: what an edition knew it must say, what it did not know it cannot say.

#include "wiper/base/value.h"

namespace relance {

// Of this text: 1 to kCertificateVersion. Corrupt: of none that we know.
Result<std::uint64_t> edition_of(const Value& tree);

// A text of that edition as today's members. Corrupt: it says something that its edition never said.
Result<Value> in_todays_shape(Value tree, std::uint64_t edition);

// Today's members as that edition wrote them.
Value in_shape_of(Value tree, std::uint64_t edition);

}  // namespace relance
