#pragma once
// Where a job gets its contents from, by name and at the step that needs them, for the geometry and the knowledge of that
// moment. wiper/job makes the patterns itself; imager makes images and overlays; tui/session chains the two.

#include "wiper/content/overlay.h"

namespace relance {

using RunSeed =
    std::array<std::byte, 32>;  // All randomness behind a drive's bytes comes from it; the journal holds it first.

struct SignedText {
  Bytes text;
  Bytes signature;  // Detached; empty: nobody signed.
  bool operator==(const SignedText&) const = default;
};

struct ContentRequest {
  std::string name;
  Geometry geometry;
  RunSeed seed{};
  ExtentSet proven_zero;                // Read back as 0x00 in this run: the only blocks a content may leave out,
  bool writes = false;                  // and only of a write. A comparison reads them all.
  std::string number;                   // The machine's: "DEF-04217-8".
  std::optional<SignedText> statement;  // What was done to the drive, as the deployed system keeps it.
  std::string trial_word;               // Of a system that is started once before it leaves; empty: it is not.
  std::uint64_t chunk_bytes = kLargestChunkBytes;
};

class Contents {
 public:
  virtual ~Contents() = default;
  // Invalid: no content of that name.
  virtual Result<std::shared_ptr<Content>> make(const ContentRequest& request) = 0;
  // An overlay is made from what the drive holds by now, read through the reader. Invalid: no overlay of that name.
  virtual Result<Overlay> make_overlay(const ContentRequest& request, BlockReader& drive) = 0;
};

}  // namespace relance
