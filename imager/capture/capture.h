#pragma once
// A master drive becomes an image: its partitions' used blocks, its boot code and its layout, in a folder of Clonezilla's
// layout with our manifest. The source is a BlockReader: nothing here can write to it.

#include <map>

#include "imager/capture/write_frames.h"
#include "imager/partition/layout.h"

namespace relance {

struct CaptureSigner {  // The workshop's root, or a key that it certified.
  const PrivateKey* key = nullptr;
  const KeyCertificate* certificate = nullptr;
  std::int64_t time_s = 0;  // The stick's time.
};

struct CaptureOptions {
  std::string name;          // Of the image: letters, digits, '.', '_' and '-'.
  std::string disk = "sda";  // What the file names call the source.
  std::string made_by;
  unsigned workers = 1;
  int level = kDefaultLevel;
  std::optional<CaptureSigner> signer;  // Without it the image is unsigned and deployed only where that is allowed.
  Progress progress;                    // Bytes of used blocks.
  // By partition number: used blocks of its file system that are captured as zeros, whatever they hold.
  std::map<std::uint32_t, ExtentSet> zeros;
};

struct CaptureReport {
  Manifest manifest;
  std::string manifest_sha256;
  std::uint64_t used_bytes = 0;  // What the file systems call used.
  std::uint64_t read_bytes = 0;  // Of them: what was read; the rest holds nothing yet.
  std::uint64_t file_bytes = 0;  // Of the partition files.
};

// `layout` is what the source's table says. Every partition is surveyed before the first file is made, so that a master that
// cannot be captured (Stop::MasterUnfit, with the partition and the reason) leaves no half image. The manifest is the last
// file but its signature: a folder without it is no image. Errors: the source's, the sink's.
Result<CaptureReport> capture(BlockReader& source, const Layout& layout, FolderSink& folder, Executor& executor,
                              const CaptureOptions& options);

}  // namespace relance
