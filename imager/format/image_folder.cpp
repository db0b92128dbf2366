#include "imager/format/image_folder.h"

#include <algorithm>

#include "imager/format/foreign.h"
#include "imager/format/frame_chunks.h"
#include "imager/format/joined_file.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestSignature = 64 * 1024;
constexpr std::size_t kReadBytes = std::size_t{1} << 20;

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_signature(std::string_view name) { return name.ends_with(".p7s") || name.ends_with(".sig"); }

bool is_volume(const Manifest& manifest, const ImageFile& file) {
  return std::ranges::any_of(manifest.partitions, [&](const ImagePartition& each) {
    const std::vector<const ImageFile*> volumes = manifest.volumes(each);
    return std::ranges::find(volumes, &file) != volumes.end();
  });
}

std::vector<std::string> unknown_to(const Manifest& manifest, const std::vector<std::string>& names) {
  std::vector<std::string> unknown;
  for (const std::string& name : names)
    if (name != kManifestFile && !is_signature(name) && manifest.file(name) == nullptr) unknown.push_back(name);
  return unknown;
}

Result<std::unique_ptr<FileSource>> open_sized(FolderSource& folder, const ImageFile& file) {
  Result<std::unique_ptr<FileSource>> source = folder.open(file.name);
  if (!source.ok() && source.error().stop == Stop::ImageMissing) return damaged_image(file.name + " is missing");
  if (source.ok() && source.value()->size_bytes() != file.size_bytes)
    return damaged_image(file.name + " has another size");
  return source;
}

Result<Bytes> read_small(FolderSource& folder, const ImageFile& file) {
  const std::unique_ptr<FileSource> source = TRY(open_sized(folder, file));
  Bytes bytes = TRY(read_whole(*source, kLargestSmallFile));
  if (sha256(bytes) != file.sha256) return damaged_image(file.name + " has another hash");
  return bytes;
}

Result<void> check_hash(FolderSource& folder, const ImageFile& file, const std::function<void(std::uint64_t)>& did) {
  const std::unique_ptr<FileSource> source = TRY(open_sized(folder, file));
  Sha256 hash;
  Bytes buffer(kReadBytes);
  for (std::uint64_t offset = 0; offset < file.size_bytes;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), file.size_bytes - offset));
    const std::span<std::byte> piece = std::span(buffer).first(size);
    TRY(source->read(offset, piece));
    hash.update(piece);
    offset += size;
    did(size);
  }
  if (hash.finish() != file.sha256) return damaged_image(file.name + " has another hash");
  return {};
}

}  // namespace

Result<ImageFolder> ImageFolder::open(std::shared_ptr<FolderSource> folder, const ImageTrust& trust,
                                      const Progress& progress) {
  std::vector<std::string> names = TRY(folder->list());
  if (holds(names, kManifestFile)) {
    ImageFolder image = TRY(open_ours(std::move(folder), trust, names));
    TRY(image.open_files());
    return image;
  }
  if (!looks_foreign(names)) return Error{Errc::Invalid, Stop::ImageMissing, "a folder without an image"};
  if (!trust.unsigned_allowed)
    return Error{Errc::Refused, Stop::ImageUnsigned, "an image made elsewhere, which nobody signed"};
  ForeignImage foreign = TRY(open_foreign(folder, names, progress));
  ImageFolder image;
  image.folder_ = std::move(folder);
  image.manifest_ = std::move(foreign.manifest);
  image.manifest_sha256_ = to_hex(sha256(as_bytes(manifest_text(*image.manifest_))));
  image.uncovered_ = unknown_to(*image.manifest_, names);
  image.readers_ = std::move(foreign.readers);
  return image;
}

Result<ImageFolder> ImageFolder::open_manifest(std::shared_ptr<FolderSource> folder, const ImageTrust& trust) {
  const std::vector<std::string> names = TRY(folder->list());
  return open_ours(std::move(folder), trust, names);
}

Result<ImageFolder> ImageFolder::open_ours(std::shared_ptr<FolderSource> folder, const ImageTrust& trust,
                                           const std::vector<std::string>& names) {
  ImageFolder image;
  image.folder_ = std::move(folder);
  const std::unique_ptr<FileSource> file = TRY(image.folder_->open(kManifestFile));
  const Bytes text = TRY(read_whole(*file, kLargestManifest));
  TRY(image.check_signature(text, trust, holds(names, kManifestSignatureFile)));
  Manifest manifest = TRY(parse_manifest(as_text(text)));
  image.manifest_ = std::make_shared<const Manifest>(std::move(manifest));
  image.manifest_sha256_ = to_hex(sha256(text));
  image.uncovered_ = unknown_to(*image.manifest_, names);
  return image;
}

Result<void> ImageFolder::check_signature(std::span<const std::byte> text, const ImageTrust& trust,
                                          bool has_signature) {
  if (!has_signature || trust.root == nullptr) {
    if (trust.unsigned_allowed) return {};
    return Error{Errc::Refused, Stop::ImageUnsigned,
                 has_signature ? "no root certificate to check the image's signature" : "the image is not signed"};
  }
  const std::unique_ptr<FileSource> file = TRY(folder_->open(kManifestSignatureFile));
  const Bytes signature = TRY(read_whole(*file, kLargestSignature));
  Result<CmsSigner> signer = cms_verify(text, signature, *trust.root);
  if (signer.ok()) {
    signer_ = std::move(signer).value();
    return {};
  }
  const bool stranger = signer.error().stop == Stop::KeyStranger;
  if (stranger && trust.unsigned_allowed) return {};
  return Error{stranger ? Errc::Refused : Errc::Corrupt, stranger ? Stop::ImageStranger : Stop::ImageDamaged,
               "manifest.json: " + signer.error().detail};
}

// Whatever is small is held against its hash now, before anything is planned.
Result<void> ImageFolder::open_files() {
  for (const ImageFile& file : manifest_->files) {
    if (is_volume(*manifest_, file)) continue;
    TRY(read_small(*folder_, file));
  }
  for (const ImagePartition& partition : manifest_->partitions) {
    std::shared_ptr<ChunkReader> reader;
    if (!partition.file.empty()) {
      std::vector<std::unique_ptr<FileSource>> volumes;
      for (const ImageFile* volume : manifest_->volumes(partition)) {
        std::unique_ptr<FileSource> source = TRY(open_sized(*folder_, *volume));
        volumes.push_back(std::move(source));
      }
      reader = TRY(FrameChunks::open(partition, std::make_unique<JoinedFile>(std::move(volumes))));
    }
    readers_.push_back(std::move(reader));
  }
  return {};
}

Result<Bytes> ImageFolder::small_file(const std::string& name) const {
  const ImageFile* const file = manifest_->file(name);
  if (file == nullptr) return Error{Errc::Invalid, Stop::Unspecified, "the image has no file " + name};
  return read_small(*folder_, *file);
}

Result<void> ImageFolder::read_chunk(std::size_t partition, std::size_t chunk, std::span<std::byte> bytes) const {
  if (!has_chunks()) return Error{Errc::Invalid, Stop::ImageMissing, "only the image's manifest is here"};
  require(partition < readers_.size() && readers_[partition] != nullptr, "a partition without chunks");
  return readers_[partition]->read(chunk, bytes);
}

Result<void> ImageFolder::check_all(const Progress& progress) const {
  std::uint64_t all = 0;
  for (const ImageFile& file : manifest_->files) all += file.size_bytes;
  std::uint64_t done = 0;
  const auto did = [&](std::uint64_t bytes) {
    done += bytes;
    if (progress) progress(done, 2 * all);
  };
  for (const ImageFile& file : manifest_->files) TRY(check_hash(*folder_, file, did));

  Bytes blocks(kLargestChunkBytes);
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    const ImagePartition& partition = manifest_->partitions[i];
    for (std::size_t k = 0; k < partition.chunks.size(); ++k) {
      const ImageChunk& chunk = partition.chunks[k];
      const std::span<std::byte> bytes =
          std::span(blocks).first(static_cast<std::size_t>(chunk.extents.block_count() * partition.block_bytes));
      TRY(read_chunk(i, k, bytes));
      if (sha256(bytes) != chunk.sha256)
        return damaged_image(partition.file + ": chunk " + std::to_string(k) + " decodes to other bytes");
      did(chunk.length);
    }
  }
  return {};
}

}  // namespace relance
