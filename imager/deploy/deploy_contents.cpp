#include "imager/deploy/deploy_contents.h"

#include <algorithm>

#include "imager/deploy/check_boot.h"
#include "imager/deploy/finish.h"
#include "imager/deploy/image_content.h"
#include "imager/deploy/overlaid_reader.h"
#include "imager/deploy/rebuilt_partition.h"
#include "imager/partition/plan_layout.h"

namespace relance {
namespace {

// LBA 0, and a GPT at either end with the 128 entries that everybody gives it; of larger blocks this is more than one.
constexpr std::uint64_t kTableBlocks = 34;

Overlay unboot_overlay(const Geometry& geometry) {
  Overlay overlay(geometry.logical_bytes);
  const std::uint64_t count = std::min(kTableBlocks, geometry.block_count);
  const Bytes zeros(static_cast<std::size_t>(count) * geometry.logical_bytes);
  overlay.put(0, zeros);
  overlay.put(geometry.block_count - count, zeros);
  return overlay;
}

Error no_such(std::string_view name) {
  return {Errc::Invalid, Stop::Internal, "no content of an image has the name '" + std::string(name) + "'"};
}

}  // namespace

Result<void> fits_drive(const Manifest& manifest, const Geometry& geometry) {
  const Layout layout = TRY(plan_layout(manifest, geometry, RunSeed{}));
  TRY(fits_blocks(manifest, layout, geometry));
  const std::vector<Firmware>& firmware = manifest.source.firmware;
  const auto starts_under = [&](Firmware each) {
    return std::find(firmware.begin(), firmware.end(), each) != firmware.end();
  };
  if (firmware.empty() || starts_under(Firmware::Uefi) || has_bios_blocks(manifest, geometry)) return {};
  return Error{Errc::Refused, Stop::ImageUnsuited,
               "the image starts by a BIOS only, which needs blocks of 512 bytes; the drive has blocks of " +
                   std::to_string(geometry.logical_bytes) + ", the master had " +
                   std::to_string(manifest.source.logical_bytes)};
}

Result<void> fits_drive(const ImageFolder& image, const Geometry& geometry) {
  const Manifest& manifest = image.manifest();
  TRY(fits_drive(manifest, geometry));
  const Layout layout = TRY(plan_layout(manifest, geometry, RunSeed{}));
  for (std::size_t p = 0; p < manifest.partitions.size(); ++p)
    if (is_rebuilt(manifest.partitions[p], geometry)) TRY(fits_rebuilt(image, p, layout.partitions[p].range, geometry));
  return {};
}

Result<std::shared_ptr<Content>> DeployContents::make(const ContentRequest& request) {
  if (request.name != kImageContent) return no_such(request.name);
  const Layout layout = TRY(plan_layout(image_->manifest(), request.geometry, request.seed));
  return image_content(image_, layout, request.geometry, request.writes ? request.proven_zero : ExtentSet{});
}

Result<Overlay> DeployContents::make_overlay(const ContentRequest& request, BlockReader& drive) {
  if (request.name == kUnbootOverlay) return unboot_overlay(request.geometry);
  if (request.name != kFinishOverlay) return no_such(request.name);
  const Layout layout = TRY(plan_layout(image_->manifest(), request.geometry, request.seed));
  const FinishSetup setup{.image = *image_, .layout = layout, .tools = *tools_};
  Overlay overlay = TRY(finish_overlay(setup, request, drive));
  OverlaidReader finished(drive, overlay);
  const BootReport report = TRY(check_boot(finished, *image_));
  (void)report;  // That it would start.
  return overlay;
}

}  // namespace relance
