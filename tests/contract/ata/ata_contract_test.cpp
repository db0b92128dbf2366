// One ATA disk, spoken to in two ways: the simulated one directly, and the same one through everything that is ours on the
// way to a real one: SatPort, SG_IO, and an ioctl() of this program's own that translates as SAT says. Each case must come
// out alike, so that simulator and port do not each have a reading of their own.

#include <doctest/doctest.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <functional>

#include "wiper/command/ata_commands.h"
#include "wiper/command/hidden_areas.h"
#include "wiper/command/identify_device.h"
#include "wiper/command/sat_port.h"
#include "wiper/linux/command_ports.h"
#include "wiper/sim/simulated_ata_drive.h"

namespace relance {
namespace {

std::function<int(sg_io_hdr_t&)> kernel;

// SAT, ATA Status Return descriptor.
Bytes sense_with(const AtaRegisters& registers, bool is_48_bit) {
  const auto low = [](std::uint64_t value, unsigned shift) { return static_cast<std::byte>(value >> shift); };
  Bytes sense = from_hex(registers.is_failure() ? "720b00000000000e090c" : "7201001d0000000e090c").value();
  sense.resize(22);
  sense[10] = std::byte{is_48_bit};
  sense[11] = std::byte{registers.error};
  sense[12] = low(registers.count, 8);
  sense[13] = low(registers.count, 0);
  sense[14] = low(registers.lba, 24);
  sense[15] = low(registers.lba, 0);
  sense[16] = low(registers.lba, 32);
  sense[17] = low(registers.lba, 8);
  sense[18] = low(registers.lba, 40);
  sense[19] = low(registers.lba, 16);
  sense[20] = std::byte{registers.device};
  sense[21] = std::byte{registers.status};
  return sense;
}

// The CDB read by the table of SAT, not by our own reader of it.
AtaCommand translated(const sg_io_hdr_t& io) {
  REQUIRE(io.cmd_len == 16);
  REQUIRE(io.cmdp[0] == 0x85);
  const auto at = [&](std::size_t index) { return std::uint64_t{io.cmdp[index]}; };
  AtaCommand command{.name = "translated", .opcode = io.cmdp[14]};
  command.is_48_bit = (at(1) & 1) != 0;
  const std::uint64_t protocol = at(1) >> 1;
  command.protocol = protocol == 4 ? AtaProtocol::PioIn : protocol == 5 ? AtaProtocol::PioOut : AtaProtocol::NonData;
  command.feature = static_cast<std::uint16_t>(at(4) | (command.is_48_bit ? at(3) << 8 : 0));
  command.count = static_cast<std::uint16_t>(at(6) | (command.is_48_bit ? at(5) << 8 : 0));
  command.lba = at(8) | at(10) << 8 | at(12) << 16;
  command.lba |= command.is_48_bit ? at(7) << 24 | at(9) << 32 | at(11) << 40 : (at(13) & 0xF) << 24;
  const auto* out = static_cast<const std::byte*>(io.dxferp);
  if (io.dxfer_direction == SG_DXFER_TO_DEV) command.bytes_out.assign(out, out + io.dxfer_len);
  return command;
}

int translate(SimulatedAtaDrive& disk, sg_io_hdr_t& io) {
  const AtaCommand command = translated(io);
  const AtaReply reply = disk.submit(command).value();
  std::copy_n(reply.data.begin(), std::min<std::size_t>(reply.data.size(), io.dxfer_len),
              static_cast<std::byte*>(io.dxferp));
  io.resid = static_cast<int>(io.dxfer_len - reply.data.size());
  const bool asks_registers = (io.cmdp[2] & 0x20) != 0;
  if (!reply.failed && !asks_registers) return 0;
  const Bytes sense = sense_with(reply.registers.value_or(AtaRegisters{}), command.is_48_bit);
  std::copy_n(reinterpret_cast<const unsigned char*>(sense.data()), sense.size(), io.sbp);
  io.sb_len_wr = static_cast<unsigned char>(sense.size());
  io.status = 2;
  io.driver_status = 8;
  return 0;
}

constexpr std::uint64_t kFactory = 4096;
const Geometry kPlatter{.block_count = kFactory, .logical_bytes = 512, .physical_bytes = 512};
constexpr std::array<std::byte, 32> kOurs{std::byte{'r'}, std::byte{'e'}};

// What each case gets: a disk, and one of the two ways to it.
class Disk {
 public:
  Disk(AtaTemper temper, bool is_direct) : platter(kPlatter), firmware(platter, std::move(temper)) {
    if (is_direct) return;
    kernel = [this](sg_io_hdr_t& io) { return translate(firmware, io); };
    translating_ = std::make_unique<SatPort>(open_scsi_port("/dev/null", PortMay::Change).value());
  }
  ~Disk() { kernel = nullptr; }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  AtaPort& port() { return translating_ ? *translating_ : static_cast<AtaPort&>(firmware); }
  bool obeys(const AtaCommand& command) { return !port().submit(command).value().failed; }
  bool holds_only(std::byte value) const {
    const Bytes bytes = platter.platter();
    return std::ranges::all_of(bytes, [value](std::byte byte) { return byte == value; });
  }

  SimulatedDrive platter;
  SimulatedAtaDrive firmware;

 private:
  std::unique_ptr<SatPort> translating_;
};

HiddenAreas areas_of(Disk& disk) { return read_hidden_areas(disk.port()).value(); }

constexpr AskedSize known(std::uint64_t blocks) { return {SizeAnswer::Known, blocks}; }
constexpr AskedSize kAbsent{SizeAnswer::NoSuchCommand, 0};

void keeps_the_ata_contract(bool is_direct) {
  SUBCASE("IDENTIFY DEVICE is whole, and says what the disk can do") {
    Disk disk({.set_blocks = 1000}, is_direct);
    const IdentifyDevice identify = read_identify_device(disk.port()).value();
    CHECK(identify.model == "Simulated ATA disk");
    CHECK(identify.sectors == 1000);
    CHECK(identify.has_48_bit);
    CHECK(identify.has_host_protected_area);
    CHECK(identify.has_configuration_overlay);
    CHECK(identify.sanitize.has_block_erase);
    CHECK(identify.security.is_supported);
    CHECK(disk.platter.geometry().block_count == 1000);
  }

  SUBCASE("a protected area inside an overlay is uncovered to the last block, and stays so") {
    Disk disk({.configured_blocks = 3000, .set_blocks = 1000}, is_direct);
    CHECK(areas_of(disk) == HiddenAreas{1000, known(3000), known(kFactory)});
    CHECK(uncover_hidden_areas(disk.port()).value() == Uncovering::Done);
    CHECK(areas_of(disk) == HiddenAreas{kFactory, known(kFactory), known(kFactory)});
    disk.firmware.cycle_power();
    CHECK(areas_of(disk).current_blocks == kFactory);
    CHECK(disk.platter.geometry().block_count == kFactory);
  }

  SUBCASE("the same by AMAC") {
    Disk disk({.set_blocks = 1000, .has_accessible_max = true, .has_configuration_overlay = false}, is_direct);
    CHECK(areas_of(disk) == HiddenAreas{1000, known(kFactory), kAbsent});
    CHECK(uncover_hidden_areas(disk.port()).value() == Uncovering::Done);
    CHECK(areas_of(disk).current_blocks == kFactory);
  }

  SUBCASE("a second change for good waits for a power cycle") {
    Disk disk({.set_blocks = 1000, .has_configuration_overlay = false}, is_direct);
    CHECK(disk.obeys(ata::read_native_max(true)));
    CHECK(disk.obeys(ata::set_max(true, 1999, ata::Keeps::ForGood)));
    CHECK(uncover_hidden_areas(disk.port()).value() == Uncovering::PowerCycleRequired);
    CHECK(areas_of(disk).current_blocks == 2000);
    disk.firmware.cycle_power();
    CHECK(uncover_hidden_areas(disk.port()).value() == Uncovering::Done);
    CHECK(areas_of(disk).current_blocks == kFactory);
  }

  SUBCASE("what is not for good is gone after a power cycle; SET MAX alone, without its READ before, is refused") {
    Disk disk({.set_blocks = 1000}, is_direct);
    CHECK(!disk.obeys(ata::set_max(true, 1999, ata::Keeps::UntilPowerOff)));
    CHECK(disk.obeys(ata::read_native_max(true)));
    CHECK(disk.obeys(ata::set_max(true, 1999, ata::Keeps::UntilPowerOff)));
    CHECK(areas_of(disk).current_blocks == 2000);
    disk.firmware.cycle_power();
    CHECK(areas_of(disk).current_blocks == 1000);
  }

  SUBCASE("a lock and a frozen overlay are access denied, and nothing has changed") {
    Disk locked({.set_blocks = 1000, .is_max_locked = true}, is_direct);
    CHECK(uncover_hidden_areas(locked.port()).value() == Uncovering::AccessDenied);
    CHECK(areas_of(locked).current_blocks == 1000);
    Disk frozen({.configured_blocks = 3000, .is_overlay_frozen = true}, is_direct);
    CHECK(areas_of(frozen) == HiddenAreas{3000, known(3000), {SizeAnswer::Denied, 0}});
    CHECK(uncover_hidden_areas(frozen.port()).value() == Uncovering::AccessDenied);
  }

  SUBCASE("liars: the answer is good, and the sizes tell") {
    Disk max({.set_blocks = 1000, .lies_about = {ata::kSetMaxExt}}, is_direct);
    (void)uncover_hidden_areas(max.port());  // Whatever it answers: what is read afterwards counts.
    CHECK(areas_of(max).current_blocks == 1000);
    CHECK(areas_of(max).largest_blocks() == kFactory);
    Disk overlay({.configured_blocks = 3000, .lies_about = {ata::kDeviceConfiguration}}, is_direct);
    CHECK(uncover_hidden_areas(overlay.port()).value() == Uncovering::Done);
    CHECK(areas_of(overlay).current_blocks == 3000);
    CHECK(areas_of(overlay).largest_blocks() == kFactory);
  }

  SUBCASE("a security erase wants its password, its PREPARE and no freeze") {
    Disk disk({.set_blocks = 1000}, is_direct);
    const ata::Password password{.bytes = kOurs};
    const AtaCommand normal = ata::security_erase_unit(password, false, std::chrono::hours(1));
    CHECK(!disk.obeys(normal));
    CHECK(disk.obeys(ata::security_set_user_password(password)));
    CHECK(!disk.obeys(normal));
    CHECK(disk.obeys(ata::security_erase_prepare()));
    CHECK(disk.obeys(normal));
    CHECK(!read_identify_device(disk.port()).value().security.is_enabled);
    CHECK(!disk.holds_only(std::byte{0}));  // The hidden part is as it was.

    CHECK(disk.obeys(ata::security_set_user_password(password)));
    CHECK(disk.obeys(ata::security_erase_prepare()));
    CHECK(disk.obeys(ata::security_erase_unit(password, true, std::chrono::hours(1))));
    CHECK(disk.holds_only(std::byte{0}));

    CHECK(disk.obeys(ata::security_freeze_lock()));
    CHECK(!disk.obeys(ata::security_set_user_password(password)));
  }

  SUBCASE("a locked disk gives no blocks until it is unlocked, and needs that again after a power cycle") {
    Disk disk({.password = kOurs, .is_locked = true}, is_direct);
    alignas(512) std::array<std::byte, 512> block{};
    const ata::Password right{.bytes = kOurs};
    CHECK(read_identify_device(disk.port()).value().security.is_locked);
    CHECK(!disk.platter.read({0, 1}, block).ok());
    CHECK(!disk.obeys(ata::security_unlock({})));
    CHECK(disk.obeys(ata::security_unlock(right)));
    CHECK(disk.platter.read({0, 1}, block).ok());
    disk.firmware.cycle_power();
    CHECK(!disk.platter.read({0, 1}, block).ok());
    CHECK(!disk.obeys(ata::security_disable(right)));
    CHECK(disk.obeys(ata::security_unlock(right)));
    CHECK(disk.obeys(ata::security_disable(right)));
    disk.firmware.cycle_power();
    CHECK(disk.platter.read({0, 1}, block).ok());
  }

  SUBCASE("a sanitize is accepted, is seen to go on, and reaches what is hidden") {
    Disk disk({.set_blocks = 1000, .sanitize_polls = 3}, is_direct);
    const AtaReply started = disk.port().submit(ata::sanitize_overwrite({.pattern = 0x5A, .passes = 1})).value();
    CHECK((started.registers->count & 0x4000) != 0);
    alignas(512) std::array<std::byte, 512> block{};
    CHECK(!disk.platter.read({0, 1}, block).ok());
    std::uint64_t progress = 0;
    AtaRegisters status;
    do {
      status = *disk.port().submit(ata::sanitize_status()).value().registers;
      CHECK(status.lba >= progress);
      progress = status.lba;
    } while ((status.count & 0x4000) != 0);
    CHECK((status.count & 0x8000) != 0);
    CHECK(disk.holds_only(std::byte{0x5A}));
    CHECK(disk.platter.read({0, 1}, block).ok());
  }

  SUBCASE("a sanitize that fails stays failed until it is cleared; one that lies does nothing") {
    Disk disk({.sanitize_fails_at = 1}, is_direct);
    CHECK(disk.obeys(ata::sanitize_block_erase()));
    const AtaReply failed = disk.port().submit(ata::sanitize_status()).value();
    CHECK(failed.failed);
    CHECK(failed.registers->lba == 1);
    CHECK(!disk.obeys(ata::sanitize_block_erase()));
    CHECK(disk.obeys(ata::sanitize_status(ata::ClearFailed::Yes)));
    CHECK(!disk.holds_only(std::byte{0}));

    Disk liar({.lies_about = {ata::kSanitizeDevice}}, is_direct);
    CHECK(liar.obeys(ata::sanitize_block_erase()));
    CHECK((liar.port().submit(ata::sanitize_status()).value().registers->count & 0xC000) == 0);
    CHECK(liar.holds_only(kFactoryContent));
  }
}

TEST_SUITE("an ATA disk") {
  TEST_CASE("simulated, spoken to directly") { keeps_the_ata_contract(true); }
  TEST_CASE("simulated, through SatPort, SG_IO and a translation as SAT has it") { keeps_the_ata_contract(false); }
}

}  // namespace
}  // namespace relance

extern "C" int ioctl(int descriptor, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  if (request == SG_IO && relance::kernel) return relance::kernel(*static_cast<sg_io_hdr_t*>(argument));
  return static_cast<int>(::syscall(SYS_ioctl, descriptor, request, argument));
}
