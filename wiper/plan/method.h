#pragma once
// Overwrite methods: a table. A new one is a row here and a sentence in wiper/text.

#include <optional>
#include <span>
#include <string_view>

#include "wiper/discover/drive_facts.h"
#include "wiper/text/phrase.h"

namespace relance {

enum class PassKind : std::uint8_t { Constant, Keyed };

struct Pass {
  PassKind kind = PassKind::Constant;
  std::byte value{0};  // Of a constant pass.
};

struct Method {
  std::string_view name;  // What --method and the profile call it: "zero".
  Sentence words;
  std::span<const Pass> passes;
};

std::span<const Method> methods();
const Method* method_named(std::string_view name);

// Zeros on rotating disks; keyed random on flash, memory cards, behind USB bridges and where the medium is unknown:
// shortened zeros and wrapped addresses cannot pass (DESIGN.md §5). With the sentence that says why.
struct MethodChoice {
  const Method* method;
  Phrase why;
};
MethodChoice choose_method(const DriveFacts& drive);

// The content's name for a pass: "constant-00", "keyed-1" (1 = number of the pass in its method).
std::string content_name(const Pass& pass, std::size_t number);

}  // namespace relance
