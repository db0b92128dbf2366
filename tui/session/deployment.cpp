#include <filesystem>

#include "imager/capture/capture.h"
#include "imager/capture/image_drive.h"
#include "imager/deploy/deploy_contents.h"
#include "imager/partition/read_layout.h"
#include "tui/session/audit.h"
#include "tui/session/images.h"
#include "wiper/base/version.h"

namespace relance {
namespace {

constexpr unsigned kCaptureWorkers = 2;  // Each holds a chunk, its frame and a compressor.

// A drive, or what stands for one, becomes an image in a new folder.
Result<CapturedImage> capture_into(Session& session, BlockReader& source, const Layout& layout,
                                   const std::string& folder_path, const std::optional<WorkshopKey>& key,
                                   const Progress& progress, PreparedMaster prepared = {}, int level = kDefaultLevel) {
  const std::shared_ptr<FolderSink> folder = TRY(create_directory(folder_path));
  CaptureOptions options;
  options.name = std::filesystem::absolute(folder_path).lexically_normal().filename().string();
  options.made_by = "relance " + std::string(version());
  options.workers = kCaptureWorkers;
  options.progress = progress;
  options.zeros = std::move(prepared.zeros);
  options.level = level;
  if (key) options.signer = CaptureSigner{&key->key, &key->certificate, session.executor().pc_clock_s()};
  const CaptureReport report = TRY(capture(source, layout, *folder, session.executor(), options));
  return CapturedImage{report.manifest.name, report.read_bytes, report.manifest.minimum_bytes, key.has_value(),
                       std::move(prepared.removed)};
}

}  // namespace

std::shared_ptr<Contents> contents_of(std::shared_ptr<const ImageFolder> image, const Bench& bench) {
  return std::make_shared<DeployContents>(std::move(image), bench.tools);
}

Result<void> check_fit(const ImageFolder& image, const DriveFacts& drive) { return fits_drive(image, drive.geometry); }

Result<CapturedImage> capture_image(Session& session, const CaptureWish& wish, const Progress& progress) {
  const DriveFacts source = TRY(session.machine().drive(wish.source));
  for (const Use& use : source.uses)  // What is written to while we read is no image.
    if (use.kind != UseKind::Opened)
      return Error{Errc::Refused, Stop::DriveMounted, "the source is in use: " + use.what + " " + use.where};
  std::optional<WorkshopKey> key;
  if (!wish.workshop_folder.empty()) key = TRY(open_workshop_key(wish.workshop_folder, wish.passphrase));
  const std::unique_ptr<BlockReader> reader = TRY(session.machine().open_reader(source));
  const Layout layout = TRY(read_layout(*reader));
  ChangedDrive master(*reader);
  PreparedMaster prepared = TRY(prepare_master(master, layout, wish.generalise));
  return capture_into(session, master, layout, wish.folder, key, progress, std::move(prepared), wish.level);
}

Result<CapturedImage> sign_image(Session& session, const SignWish& wish, const Progress& progress) {
  const std::optional<WorkshopKey> key = TRY(open_workshop_key(wish.workshop_folder, wish.passphrase));
  // A signature that no longer fits is damage, and never covered by a new one; a stranger's is the manager's to judge.
  const std::shared_ptr<const ImageFolder> image = TRY(open_image({wish.source, true}, &key->certificate));
  const std::unique_ptr<ImageDrive> drive = TRY(ImageDrive::open(*image));
  return capture_into(session, *drive, drive->layout(), wish.folder, key, progress);
}

}  // namespace relance
