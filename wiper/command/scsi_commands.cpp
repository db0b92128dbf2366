#include "wiper/command/scsi_commands.h"

#include <algorithm>

namespace relance::scsi {
namespace {

using std::chrono::seconds;

constexpr seconds kForAnAnswer{30};  // A disk that sleeps spins up first.
constexpr seconds kForAStart{
    120};  // SANITIZE and FORMAT UNIT answer at once; some finish what is in their cache before.

constexpr std::size_t kInquiryBytes = 96;
constexpr std::size_t kPageBytes = 252;  // Fits the one-byte length of old devices.
constexpr std::size_t kSenseBytes = 64;
constexpr std::size_t kCapacityBytes = 32;

ScsiCommand inquiry_of(std::size_t bytes, std::byte asks_page, std::byte page) {
  ScsiCommand command{.name = "INQUIRY", .cdb = Bytes(6), .bytes_in = bytes, .patience = kForAnAnswer};
  command.cdb[0] = std::byte{kInquiry};
  command.cdb[1] = asks_page;
  command.cdb[2] = page;
  store_be<std::uint16_t>(std::span(command.cdb).subspan(3, 2), static_cast<std::uint16_t>(bytes));
  return command;
}

// SBC-4, SANITIZE byte 1: IMMED 80h, AUSE 20h, service action 4:0.
constexpr std::byte kImmediate{0x80};
constexpr std::byte kMayLeaveFailure{0x20};

ScsiCommand sanitize(std::string_view name, std::byte service, Bytes list) {
  ScsiCommand command{.name = name, .cdb = Bytes(10), .bytes_out = std::move(list), .patience = kForAStart};
  command.cdb[0] = std::byte{kSanitize};
  command.cdb[1] = kImmediate | kMayLeaveFailure | service;
  store_be<std::uint16_t>(std::span(command.cdb).subspan(7, 2), static_cast<std::uint16_t>(command.bytes_out.size()));
  return command;
}

}  // namespace

ScsiCommand inquiry() { return inquiry_of(kInquiryBytes, std::byte{0}, std::byte{0}); }
ScsiCommand inquiry_page(std::uint8_t page) { return inquiry_of(kPageBytes, std::byte{1}, std::byte{page}); }

ScsiCommand read_capacity_16() {
  ScsiCommand command{
      .name = "READ CAPACITY(16)", .cdb = Bytes(16), .bytes_in = kCapacityBytes, .patience = kForAnAnswer};
  command.cdb[0] = std::byte{kServiceActionIn16};
  command.cdb[1] = std::byte{kReadCapacity16};
  store_be<std::uint32_t>(std::span(command.cdb).subspan(10, 4), kCapacityBytes);
  return command;
}

ScsiCommand request_sense() {
  ScsiCommand command{.name = "REQUEST SENSE", .cdb = Bytes(6), .bytes_in = kSenseBytes, .patience = kForAnAnswer};
  command.cdb[0] = std::byte{kRequestSense};
  command.cdb[4] = std::byte{kSenseBytes};
  return command;
}

// SBC-4, overwrite parameter list: byte 0 has the count in 4:0 (0 is reserved), bytes 2–3 the length of the pattern. One of
// less than a block is repeated: 4 bytes are what every drive takes.
ScsiCommand sanitize_overwrite(std::byte pattern, unsigned passes) {
  require(passes >= 1 && passes <= 31, "SANITIZE overwrites once to 31 times");
  constexpr std::size_t kPatternBytes = 4;
  Bytes list(4 + kPatternBytes, pattern);
  list[0] = static_cast<std::byte>(passes);
  list[1] = std::byte{0};
  store_be<std::uint16_t>(std::span(list).subspan(2, 2), kPatternBytes);
  return sanitize("SANITIZE OVERWRITE", std::byte{0x01}, std::move(list));
}
ScsiCommand sanitize_block_erase() { return sanitize("SANITIZE BLOCK ERASE", std::byte{0x02}, {}); }
ScsiCommand sanitize_crypto_erase() { return sanitize("SANITIZE CRYPTOGRAPHIC ERASE", std::byte{0x03}, {}); }

ScsiCommand sanitize_exit_failure() {
  ScsiCommand command = sanitize("SANITIZE EXIT FAILURE MODE", std::byte{0x1F}, {});
  command.cdb[1] &= ~kMayLeaveFailure;  // That is asked when one starts.
  return command;
}

// SBC-4, FORMAT UNIT byte 1: FMTDATA 10h, a parameter list follows; its header's byte 1: IMMED 02h. CMPLST (08h) stays
// clear: set, it would have the drive forget which sectors went bad since it was made.
ScsiCommand format_unit() {
  ScsiCommand command{.name = "FORMAT UNIT", .cdb = Bytes(6), .bytes_out = Bytes(4), .patience = kForAStart};
  command.cdb[0] = std::byte{kFormatUnit};
  command.cdb[1] = std::byte{0x10};
  command.bytes_out[1] = std::byte{0x02};
  return command;
}

}  // namespace relance::scsi
