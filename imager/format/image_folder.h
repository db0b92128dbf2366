#pragma once
// A master image that was opened: its manifest is authentic (or the caller allowed an unsigned one), its small files are
// what the manifest says, and each chunk is authenticated before it is handed out.

#include <functional>
#include <memory>

#include "imager/format/chunk_reader.h"
#include "imager/format/folder.h"
#include "wiper/content/content.h"
#include "wiper/crypto/cms.h"
#include "wiper/plan/plan.h"

namespace relance {

struct ImageTrust {
  const KeyCertificate* root = nullptr;  // The stick's VERIFIER/racine.pem.
  bool unsigned_allowed = false;         // The manager's word: also opens folders made by Clonezilla.
};

using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;  // Bytes; from any thread, one at a time.

// Threading: const members from any thread.
class ImageFolder {
 public:
  // ImageMissing: no folder, or none of an image. ImageUnsigned: no signature and none allowed, or no root to check it.
  // ImageStranger: signed by somebody that the root does not know. ImageDamaged: a signature, hash or size is wrong.
  // ImageHostile: not a format that we read, or lengths that make no sense.
  // Reads manifest, signature and every small file; of partition files only their first frame. `progress` moves only for
  // an image made elsewhere: that one is read once to its end.
  static Result<ImageFolder> open(std::shared_ptr<FolderSource> folder, const ImageTrust& trust,
                                  const Progress& progress = {});

  // Of one of ours, the manifest and its signature alone, for those who only compare: no other file need be there.
  static Result<ImageFolder> open_manifest(std::shared_ptr<FolderSource> folder, const ImageTrust& trust);

  const Manifest& manifest() const { return *manifest_; }
  const std::string& manifest_sha256() const { return manifest_sha256_; }  // Lower-case hex; also of a made-up one.
  ImageNeeds needs() const { return {manifest_->name, manifest_sha256_, manifest_->minimum_bytes}; }
  const std::optional<CmsSigner>& signer() const { return signer_; }        // Nobody: unsigned.
  const std::vector<std::string>& uncovered() const { return uncovered_; }  // Files that the manifest does not know.

  // A small file that the manifest lists (boot code and the like), whole and hashed. Invalid: it lists no such file.
  Result<Bytes> small_file(const std::string& name) const;
  bool has_chunks() const { return !readers_.empty(); }  // False: of a manifest alone.
  // A chunk of manifest().partitions[partition]. See ChunkReader::read. ImageMissing: of a manifest alone.
  Result<void> read_chunk(std::size_t partition, std::size_t chunk, std::span<std::byte> bytes) const;

  // Reads everything and holds it against the manifest: each file's hash, each chunk's frame and blocks. ImageDamaged names
  // what is not as it was.
  Result<void> check_all(const Progress& progress) const;

 private:
  ImageFolder() = default;
  static Result<ImageFolder> open_ours(std::shared_ptr<FolderSource> folder, const ImageTrust& trust,
                                       const std::vector<std::string>& names);
  Result<void> check_signature(std::span<const std::byte> text, const ImageTrust& trust, bool has_signature);
  Result<void> open_files();

  std::shared_ptr<FolderSource> folder_;
  std::shared_ptr<const Manifest> manifest_;  // Its address stays: the readers know their partitions by reference.
  std::string manifest_sha256_;
  std::optional<CmsSigner> signer_;
  std::vector<std::string> uncovered_;
  std::vector<std::shared_ptr<ChunkReader>> readers_;  // One a partition; null where there is no file.
};

inline constexpr std::uint64_t kLargestSmallFile = std::uint64_t{4}
                                                   << 20;  // Gap, tables, lists: our largest has 1 MiB.

}  // namespace relance
