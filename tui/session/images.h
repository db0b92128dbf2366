#pragma once
// Master images as folders of this PC, and what a job gets from them.

#include "imager/format/image_folder.h"
#include "tui/session/bench.h"
#include "wiper/content/contents.h"

namespace relance {

// A folder's files, for reading by any number of threads. ImageMissing: no such folder.
Result<std::shared_ptr<FolderSource>> open_directory(const std::string& path);
// A folder for a new image, made if it is missing. RecordTaken: it holds files.
Result<std::shared_ptr<FolderSink>> create_directory(const std::string& path);

struct ImagePlace {
  std::string folder;
  bool may_be_unsigned = false;
};
// Checked against the root; null root: only an image that may be unsigned opens.
Result<std::shared_ptr<const ImageFolder>> open_image(const ImagePlace& place, const KeyCertificate* root);

// Of one of ours, as much as its manifest tells: the other files may be missing.
Result<std::shared_ptr<const ImageFolder>> open_manifest(const ImagePlace& place, const KeyCertificate* root);

// Bytes that each step of a plan moves, as far as they are known before it runs.
std::vector<std::uint64_t> expected_bytes(const Plan& plan, const ImageFolder* image);

// The contents and overlays of the image on a drive.
std::shared_ptr<Contents> contents_of(std::shared_ptr<const ImageFolder> image, const Bench& bench);
// DriveTooSmall, ImageUnsuited: said before anything is erased.
Result<void> check_fit(const ImageFolder& image, const DriveFacts& drive);

}  // namespace relance
