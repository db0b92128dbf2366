#pragma once
// Overwrite methods: a table. A new one is a row here and a sentence in wiper/text.
//
// What several passes mean: each is written over the whole drive, in the table's order, and the verdict asks what the
// last one left: every block written by it and read back equal. A block that an earlier pass could not write, or that did
// not read back as an earlier pass left it, is never forgotten: it stays in `bad_ranges` and makes the verdict a reserve,
// since the drive did not get what the method prescribes.

#include <optional>
#include <span>
#include <string_view>

#include "wiper/discover/drive_facts.h"
#include "wiper/text/phrase.h"

namespace relance {

enum class PassKind : std::uint8_t {
  Fixed,       // The same few bytes again and again from byte 0 of the drive.
  Keyed,       // A random stream that can be made again for its comparison.
  Character,   // One byte everywhere, drawn from the run's seed.
  Complement,  // The bitwise complement of an earlier pass's character.
};

struct Pass {
  PassKind kind = PassKind::Fixed;
  std::string_view hex = "00";  // Of Fixed.
  unsigned of = 0;              // Of a complement: the pass whose character it is of, from 1.
  bool is_compared = false;     // The method itself wants it read back before the next pass.
};

struct Method {
  std::string_view name;  // What --method and the profile call it: "zero".
  Sentence words;
  std::span<const Pass> passes;

  // Read back, it shows wrapped addresses by itself: no two blocks of it are alike.
  bool ends_keyed() const { return passes.back().kind == PassKind::Keyed; }
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

// The content's name for a pass: "constant-00", "repeating-924924", "keyed-1", "character-4", "complement-4" (1 = number of
// the pass in its method; a complement has the number of the pass that it is of).
std::string content_name(const Pass& pass, std::size_t number);

}  // namespace relance
