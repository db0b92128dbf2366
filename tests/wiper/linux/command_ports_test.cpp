// What our ports hand to the kernel, and what they make of its answers. This program's own ioctl() stands before the C
// library's: no command gets further.

#include "wiper/linux/command_ports.h"

#include <doctest/doctest.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <functional>

#include "wiper/command/ata_commands.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/command/sat_port.h"
#include "wiper/command/scsi_commands.h"

namespace relance {
namespace {

std::function<int(sg_io_hdr_t&)> kernel_scsi;
std::function<int(nvme_passthru_cmd&)> kernel_nvme;

Bytes bytes_at(const void* place, std::size_t count) {
  const auto* first = static_cast<const std::byte*>(place);
  return Bytes(first, first + count);
}

std::unique_ptr<ScsiPort> scsi(PortMay may) { return open_scsi_port("/dev/null", may).value(); }
std::unique_ptr<NvmeAdminPort> nvme_port(PortMay may) { return open_nvme_port("/dev/null", may).value(); }

TEST_SUITE("SG_IO") {
  TEST_CASE("a command that reads: its CDB, its length, its time, and room for sense") {
    kernel_scsi = [](sg_io_hdr_t& io) {
      CHECK(io.interface_id == 'S');
      CHECK(bytes_at(io.cmdp, io.cmd_len) == scsi::read_capacity_16().cdb);
      CHECK(io.dxfer_direction == SG_DXFER_FROM_DEV);
      CHECK(io.dxfer_len == 32);
      CHECK(io.mx_sb_len >= 32);
      CHECK(io.timeout == 30000);
      std::memset(io.dxferp, 0x5A, 20);
      io.resid = 12;
      return 0;
    };
    CHECK(scsi(PortMay::Look)->submit(scsi::read_capacity_16()).value() ==
          ScsiReply{0, {}, Bytes(20, std::byte{0x5A})});
  }

  TEST_CASE("a command that writes, and one that moves nothing") {
    kernel_scsi = [](sg_io_hdr_t& io) {
      CHECK(io.dxfer_direction == SG_DXFER_TO_DEV);
      CHECK(bytes_at(io.dxferp, io.dxfer_len) == scsi::format_unit().bytes_out);
      return 0;
    };
    CHECK(scsi(PortMay::Change)->submit(scsi::format_unit()).ok());
    kernel_scsi = [](sg_io_hdr_t& io) {
      CHECK(io.dxfer_direction == SG_DXFER_NONE);
      CHECK(io.dxfer_len == 0);
      return 0;
    };
    CHECK(scsi(PortMay::Change)->submit(scsi::sanitize_block_erase()).ok());
  }

  TEST_CASE("CHECK CONDITION brings its sense, and the data that came all the same") {
    const Bytes sense = from_hex("7201001d0000000e090c010000003a2f006000384050").value();
    kernel_scsi = [&](sg_io_hdr_t& io) {
      std::memcpy(io.sbp, sense.data(), sense.size());
      io.sb_len_wr = static_cast<unsigned char>(sense.size());
      io.status = 2;
      io.driver_status = 8;
      return 0;
    };
    CHECK(scsi(PortMay::Look)->submit(ata_pass_through(ata::read_native_max(true))).value() ==
          ScsiReply{ScsiReply::kCheckCondition, sense, {}});
    CHECK(SatPort(scsi(PortMay::Look)).submit(ata::read_native_max(true)).value().registers->lba == 976773167);
  }

  TEST_CASE("a port for looking lets nothing through to the kernel that changes anything") {
    int asked = 0;
    kernel_scsi = [&](sg_io_hdr_t&) {
      ++asked;
      return 0;
    };
    kernel_nvme = [&](nvme_passthru_cmd&) {
      ++asked;
      return 0;
    };
    SatPort ata_port(scsi(PortMay::Look));
    CHECK(ata_port.submit(ata::sanitize_block_erase()).error().code == Errc::Refused);
    CHECK(ata_port.submit(ata::set_max(true, 99, ata::Keeps::ForGood)).error().code == Errc::Refused);
    CHECK(scsi(PortMay::Look)->submit(scsi::format_unit()).error().code == Errc::Refused);
    CHECK(nvme_port(PortMay::Look)->submit(nvme::sanitize_block_erase()).error().code == Errc::Refused);
    CHECK(asked == 0);
  }

  TEST_CASE("what went wrong on the way is an error of the right sort") {
    const auto code = [](SgOutcome outcome) {
      const std::optional<Error> trouble = trouble_in(outcome, "INQUIRY");
      return trouble ? std::optional(trouble->code) : std::nullopt;
    };
    CHECK(!code({.status = 0}));
    CHECK(!code({.status = 2, .driver_status = 8}));
    CHECK(code({.host_status = 1}) == Errc::Gone);
    CHECK(code({.host_status = 4}) == Errc::Gone);
    CHECK(code({.host_status = 3}) == Errc::Timeout);
    CHECK(code({.driver_status = 6}) == Errc::Timeout);
    CHECK(code({.host_status = 7}) == Errc::Io);
    CHECK(code({.driver_status = 5}) == Errc::Io);
  }

  TEST_CASE("and so is what the kernel itself refuses") {
    const auto code = [](int os_errno) {
      kernel_scsi = [os_errno](sg_io_hdr_t&) {
        errno = os_errno;
        return -1;
      };
      return scsi(PortMay::Look)->submit(scsi::inquiry()).error().code;
    };
    CHECK(code(ENOTTY) == Errc::Unsupported);
    CHECK(code(EINVAL) == Errc::Unsupported);
    CHECK(code(ENODEV) == Errc::Gone);
    CHECK(code(EIO) == Errc::Io);
  }

  TEST_CASE("what is no device takes no commands") {
    CHECK(open_scsi_port("tests", PortMay::Look).error().code == Errc::Unsupported);
    CHECK(open_scsi_port("CMakeLists.txt", PortMay::Look).error().code == Errc::Unsupported);
    CHECK(open_nvme_port("/dev/relance-nowhere", PortMay::Look).error().code == Errc::Gone);
  }
}

TEST_SUITE("the NVMe admin ioctl") {
  TEST_CASE("all dwords, the buffer, the time; and an answer") {
    const NvmeCommand command = nvme::sanitize_overwrite({.pattern = 0xA5A5A5A5, .passes = 3});
    kernel_nvme = [&](nvme_passthru_cmd& io) {
      CHECK(io.opcode == 0x84);
      CHECK(io.cdw10 == 0x3B);
      CHECK(io.cdw11 == 0xA5A5A5A5);
      CHECK(io.data_len == 0);
      CHECK(io.timeout_ms == 120000);
      io.result = 7;
      return 0;
    };
    CHECK(nvme_port(PortMay::Change)->submit(command).value() == NvmeReply{0, 7, {}});

    kernel_nvme = [](nvme_passthru_cmd& io) {
      CHECK(io.nsid == 1);
      CHECK(io.data_len == 4096);
      std::memset(reinterpret_cast<void*>(static_cast<std::uintptr_t>(io.addr)), 1, io.data_len);
      return 0;
    };
    CHECK(nvme_port(PortMay::Look)->submit(nvme::identify_namespace(1)).value().data == Bytes(4096, std::byte{1}));
  }

  TEST_CASE("a status is an answer, without its Do Not Retry, and without data") {
    kernel_nvme = [](nvme_passthru_cmd&) { return 0x411D; };  // Sanitize in progress.
    CHECK(nvme_port(PortMay::Look)->submit(nvme::sanitize_log()).value() == NvmeReply{0x11D, 0, {}});
    kernel_nvme = [](nvme_passthru_cmd&) {
      errno = ENOTTY;
      return -1;
    };
    CHECK(nvme_port(PortMay::Look)->submit(nvme::sanitize_log()).error().code == Errc::Unsupported);
  }
}

}  // namespace
}  // namespace relance

extern "C" int ioctl(int descriptor, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  if (request == SG_IO && relance::kernel_scsi) return relance::kernel_scsi(*static_cast<sg_io_hdr_t*>(argument));
  if (request == NVME_IOCTL_ADMIN_CMD && relance::kernel_nvme)
    return relance::kernel_nvme(*static_cast<nvme_passthru_cmd*>(argument));
  return static_cast<int>(::syscall(SYS_ioctl, descriptor, request, argument));
}
