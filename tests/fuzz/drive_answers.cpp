// What a drive or a bridge answers to our commands: any bytes. The first one says to which.
#include <cstdint>

#include "wiper/command/ata_commands.h"
#include "wiper/command/hidden_areas.h"
#include "wiper/command/identify_device.h"
#include "wiper/command/nvme_pages.h"
#include "wiper/command/sat_port.h"
#include "wiper/command/scsi_pages.h"
#include "wiper/command/sense.h"

using namespace relance;

namespace {

void answer_identify(std::span<const std::byte> bytes) {
  const auto device = decode_identify_device(bytes);
  if (!device.ok()) return;
  require(device.value().sectors <= std::uint64_t{1} << 48, "more sectors than 48 bits address");
  require(device.value().logical_bytes >= 512 && device.value().logical_bytes <= 65536, "sectors that cannot be");
  require(device.value().physical_bytes >= device.value().logical_bytes, "a sector larger than its physical one");
}

void answer_configuration(std::span<const std::byte> bytes) {
  const auto configuration = decode_device_configuration(bytes);
  if (configuration.ok())
    require(configuration.value().block_count > 1 && configuration.value().block_count <= std::uint64_t{1} << 48,
            "a size that cannot be");
}

void answer_sense(std::span<const std::byte> bytes) {
  const AtaCommand command = ata::read_native_max(true);
  const auto reply = ata_reply_in(command, {ScsiReply::kCheckCondition, Bytes(bytes.begin(), bytes.end()), {}});
  if (!reply.ok()) return;
  const AskedSize size = native_size_in(reply.value(), true);
  require(size.answer != SizeAnswer::Known || (size.block_count > 1 && size.block_count <= std::uint64_t{1} << 48),
          "a native size that cannot be");
}

void answer_capacity(std::span<const std::byte> bytes) {
  const auto capacity = decode_read_capacity_16(bytes);
  if (capacity.ok())
    require(capacity.value().block_count <= ~std::uint64_t{0} / capacity.value().block_bytes, "no size in bytes");
}

void answer_namespace(std::span<const std::byte> bytes) {
  const auto found = decode_nvme_namespace(bytes);
  if (found.ok())
    require(found.value().block_bytes >= 512 && found.value().block_bytes <= 65536, "blocks that cannot be");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* raw, std::size_t size) {
  if (size < 1) return 0;
  // The answers to NVMe commands have one length: zeros make up what is missing.
  const auto bytes = std::as_bytes(std::span(raw, size)).subspan(1);
  Bytes page(bytes.begin(), bytes.end());
  switch (raw[0] % 8) {
    case 0:
      answer_identify(bytes);
      break;
    case 1:
      answer_configuration(bytes);
      break;
    case 2:
      answer_sense(bytes);
      break;
    case 3:
      answer_capacity(bytes);
      break;
    case 4:
      (void)decode_serial_page(bytes);  // Only that they come back is asked.
      (void)decode_identification_page(bytes);
      (void)decode_block_limits_page(bytes);
      (void)decode_block_characteristics_page(bytes);
      break;
    case 5:
      page.resize(4096);
      (void)decode_nvme_controller(page);
      (void)decode_namespace_list(page);
      break;
    case 6:
      page.resize(4096);
      answer_namespace(page);
      break;
    case 7:
      page.resize(512);
      (void)decode_sanitize_log(page);
      break;
  }
  return 0;
}
