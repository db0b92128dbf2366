#pragma once
// What a finished run left on a drive, as contents of which the later one wins. For reading a drive again, days after.

#include "tui/session/images.h"
#include "wiper/journal/evidence.h"

namespace relance {

struct LayerSources {
  Store& stick;                              // The overlays lie beside the journal.
  std::shared_ptr<const ImageFolder> image;  // Null if the plan has none.
  std::shared_ptr<Contents> contents;        // Of that image.
  Geometry geometry;
};

ExtentSet extents_of(const Content& content);

struct Layers {
  std::vector<std::shared_ptr<Content>> contents;
  // Of chunks that were changed later, what only the image itself could prove, and the image is not here.
  ExtentSet unproven;
};

// Of the image its manifest is enough (ImageFolder::open_manifest). JournalDamaged: an overlay is not what was saved. Refused with NotErased: the run wrote nothing to its end.
Result<Layers> layers_of(const Evidence& evidence, const LayerSources& sources);

}  // namespace relance
