#pragma once
// A master image that was opened: its manifest is authentic (or the caller allowed an unsigned one), its small files are
// what the manifest says, and each chunk is authenticated before it is handed out.

#include <functional>
#include <memory>

#include "imager/format/folder.h"
#include "imager/format/manifest.h"
#include "wiper/content/content.h"
#include "wiper/crypto/cms.h"

namespace relance {

struct ImageTrust {
  const KeyCertificate* root = nullptr;  // The stick's VERIFIER/racine.pem.
  bool unsigned_allowed = false;         // The manager's word, or --unsigned: also opens folders made by Clonezilla.
};

// Where chunks come from: independent frames, or one long foreign frame. Any number of threads at once.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  // The blocks of the chunk, back to back; `bytes` has exactly their size. Corrupt with Stop::ImageDamaged: not what the
  // manifest says, nothing of `bytes` may be used.
  virtual Result<void> read(std::size_t chunk, std::span<std::byte> bytes) = 0;
};

// Threading: const members from any thread.
class ImageFolder {
 public:
  // ImageMissing: no folder, or none of an image. ImageUnsigned: no signature and none allowed, or no root to check it.
  // ImageStranger: signed by somebody that the root does not know. ImageDamaged: a signature, hash or size is wrong.
  // ImageHostile: not a format that we read, or lengths that make no sense.
  // Reads manifest, signature and every small file; of partition files only the size.
  static Result<ImageFolder> open(std::shared_ptr<FolderSource> folder, const ImageTrust& trust);

  const Manifest& manifest() const { return manifest_; }
  const std::string& manifest_sha256() const {
    return manifest_sha256_;
  }  // Lower-case hex; of what was made up for a foreign image.
  const std::optional<CmsSigner>& signer() const { return signer_; }  // Nobody: unsigned.
  const std::vector<std::string>& uncovered() const {
    return uncovered_;
  }  // Files of the folder that the manifest does not know.

  // A small file that the manifest lists (boot code and the like), whole and hashed. Invalid: it lists no such file.
  Result<Bytes> small_file(const std::string& name) const;
  // A chunk of manifest().partitions[partition]. See ChunkReader::read.
  Result<void> read_chunk(std::size_t partition, std::size_t chunk, std::span<std::byte> bytes) const;

  // Reads every file to its end and holds it against the manifest: `relance image check`. Progress in bytes of the files.
  Result<void> check_all(const std::function<void(std::uint64_t done, std::uint64_t all)>& progress) const;

 private:
  ImageFolder() = default;
  std::shared_ptr<FolderSource> folder_;
  Manifest manifest_;
  std::string manifest_sha256_;
  std::optional<CmsSigner> signer_;
  std::vector<std::string> uncovered_;
  std::vector<std::shared_ptr<ChunkReader>> readers_;  // One a partition; null where there is no file.
};

inline constexpr std::uint64_t kLargestSmallFile = std::uint64_t{4}
                                                   << 20;  // Boot gap, tables, lists: 1 MiB is the largest of ours.

}  // namespace relance
