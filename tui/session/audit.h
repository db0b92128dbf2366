#pragma once
// Checking what others made, and making images: certificates, image folders, masters.

#include "imager/capture/prepare_master.h"
#include "imager/format/frame.h"
#include "imager/format/manifest.h"
#include "tui/session/session.h"
#include "wiper/audit/audit.h"

namespace relance {

struct CheckWish {
  std::vector<std::string> paths;
  std::string root_file;  // Empty: the stick's, or the one in VERIFIER of a path that is a stick.
  bool accept_trials = false;
  std::vector<std::string> witnesses;  // Files, folders, or RANK:SHA256.
};
Result<AuditReport> check_certificates(Session& session, const CheckWish& wish);

struct CheckedImage {
  std::string name;
  std::string manifest_sha256;
  std::string signer;  // Empty: nobody.
  std::uint64_t minimum_bytes = 0;
  std::vector<Firmware> boots_under;   // Empty: it starts nowhere by itself.
  std::vector<std::string> uncovered;  // Files that no signature covers.
  static constexpr auto fields() {
    return std::tuple{field("name", &CheckedImage::name),
                      field("manifest_sha256", &CheckedImage::manifest_sha256),
                      field("signer", &CheckedImage::signer),
                      field("minimum_bytes", &CheckedImage::minimum_bytes),
                      field("boots_under", &CheckedImage::boots_under),
                      field("uncovered", &CheckedImage::uncovered)};
  }
};
// Reads all of it. `root_file` empty: the stick's.
Result<CheckedImage> check_image(Session& session, const ImagePlace& place, const std::string& root_file,
                                 const Progress& progress);

struct CaptureWish {
  std::string source;
  std::string folder;
  std::string workshop_folder;  // Empty: unsigned.
  std::string passphrase;
  std::optional<GeneraliseWish> generalise;
  int level = kDefaultLevel;  // Of zstd, 1 to 19.
};
struct CapturedImage {
  std::string name;
  std::uint64_t bytes_read = 0;
  std::uint64_t minimum_bytes = 0;
  bool is_signed = false;
  std::vector<Removed> removed;  // And changed, for the copy: the master stays as it was.
  static constexpr auto fields() {
    return std::tuple{field("name", &CapturedImage::name), field("bytes_read", &CapturedImage::bytes_read),
                      field("minimum_bytes", &CapturedImage::minimum_bytes), field("signed", &CapturedImage::is_signed),
                      field("removed", &CapturedImage::removed)};
  }
};
Result<CapturedImage> capture_image(Session& session, const CaptureWish& wish, const Progress& progress);

struct SignWish {
  std::string source;  // An image without a signature of ours: Clonezilla's, or captured without a key.
  std::string folder;  // The new image.
  std::string workshop_folder;
  std::string passphrase;
};
// Reads all of the source, which is never written, and makes a signed image of what it holds. ImageDamaged: the source
// contradicts itself; then nothing is signed.
Result<CapturedImage> sign_image(Session& session, const SignWish& wish, const Progress& progress);

}  // namespace relance
