#include "wiper/linux/command_ports.h"

#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "wiper/linux/descriptor.h"
#include "wiper/linux/os_error.h"

namespace relance {
namespace {

constexpr std::size_t kSenseRoom = 64;

// Asked by name first: opening a FIFO or a tape would already do something. O_NONBLOCK: not waiting for a medium.
Result<Descriptor> open_node(const std::string& path) {
  struct stat named{};
  if (::stat(path.c_str(), &named) != 0) return open_error(path, errno);
  if (!S_ISBLK(named.st_mode) && !S_ISCHR(named.st_mode))
    return Error{Errc::Unsupported, Stop::NotADrive, path + " takes no commands: it is no device"};
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!descriptor.is_open()) return open_error(path, errno);
  return descriptor;
}

// An ioctl that the driver behind the node does not know at all.
Error ioctl_error(std::string_view command, int os_errno) {
  if (os_errno == ENOTTY || os_errno == EINVAL || os_errno == EOPNOTSUPP)
    return {Errc::Unsupported, Stop::DriveSick, os_sentence(std::string(command), os_errno), os_errno};
  return device_error(std::string(command), os_errno);
}

Error refused(std::string_view command) {
  return {Errc::Refused, Stop::WrongConfirmation,
          std::string(command) + " changes the drive, and nobody has confirmed that"};
}

unsigned milliseconds_in(std::chrono::seconds span) {
  constexpr std::chrono::seconds kLongest{24 * 3600};  // Fits the 32 bits that both ioctls have for it.
  return static_cast<unsigned>(std::chrono::milliseconds(std::min(span, kLongest)).count());
}

class LinuxScsiPort : public ScsiPort {
 public:
  LinuxScsiPort(Descriptor descriptor, PortMay may) : descriptor_(std::move(descriptor)), may_(may) {}

  Result<ScsiReply> submit(const ScsiCommand& command) override {
    if (may_ == PortMay::Look && !changes_nothing(command)) return refused(command.name);
    Bytes cdb = command.cdb;
    Bytes out = command.bytes_out;
    ScsiReply reply{.status = 0, .sense = Bytes(kSenseRoom), .data = Bytes(command.bytes_in)};
    Bytes& moved = out.empty() ? reply.data : out;

    sg_io_hdr_t io{};
    io.interface_id = 'S';
    io.dxfer_direction = !out.empty() ? SG_DXFER_TO_DEV : command.bytes_in > 0 ? SG_DXFER_FROM_DEV : SG_DXFER_NONE;
    io.cmd_len = static_cast<unsigned char>(cdb.size());
    io.cmdp = reinterpret_cast<unsigned char*>(cdb.data());
    io.mx_sb_len = static_cast<unsigned char>(reply.sense.size());
    io.sbp = reinterpret_cast<unsigned char*>(reply.sense.data());
    io.dxfer_len = static_cast<unsigned>(moved.size());
    io.dxferp = moved.empty() ? nullptr : moved.data();
    io.timeout = milliseconds_in(command.patience);
    if (::ioctl(descriptor_.number(), SG_IO, &io) != 0) return ioctl_error(command.name, errno);

    const std::optional<Error> trouble = trouble_in({io.status, io.host_status, io.driver_status}, command.name);
    if (trouble) return *trouble;
    reply.status = io.status;
    reply.sense.resize(std::min<std::size_t>(io.sb_len_wr, reply.sense.size()));
    const std::size_t missing = io.resid > 0 ? static_cast<std::size_t>(io.resid) : 0;
    reply.data.resize(reply.data.size() - std::min(missing, reply.data.size()));
    return reply;
  }

 private:
  Descriptor descriptor_;
  PortMay may_;
};

class LinuxNvmePort : public NvmeAdminPort {
 public:
  LinuxNvmePort(Descriptor descriptor, PortMay may) : descriptor_(std::move(descriptor)), may_(may) {}

  Result<NvmeReply> submit(const NvmeCommand& command) override {
    if (may_ == PortMay::Look && !changes_nothing(command)) return refused(command.name);
    NvmeReply reply{.data = Bytes(command.bytes_in)};
    nvme_passthru_cmd io{};
    io.opcode = command.opcode;
    io.nsid = command.nsid;
    io.addr = reinterpret_cast<std::uintptr_t>(reply.data.data());
    io.data_len = static_cast<std::uint32_t>(reply.data.size());
    io.cdw10 = command.dwords[0];
    io.cdw11 = command.dwords[1];
    io.cdw12 = command.dwords[2];
    io.cdw13 = command.dwords[3];
    io.cdw14 = command.dwords[4];
    io.cdw15 = command.dwords[5];
    io.timeout_ms = milliseconds_in(command.patience);
    const int status = ::ioctl(descriptor_.number(), NVME_IOCTL_ADMIN_CMD, &io);
    if (status < 0) return ioctl_error(command.name, errno);
    constexpr int kTypeAndCode = 0x7FF;
    reply.status = static_cast<std::uint16_t>(status & kTypeAndCode);
    reply.result = io.result;
    if (status != 0) reply.data.clear();
    return reply;
  }

 private:
  Descriptor descriptor_;
  PortMay may_;
};

}  // namespace

Result<std::unique_ptr<ScsiPort>> open_scsi_port(const std::string& path, PortMay may) {
  Descriptor descriptor = TRY(open_node(path));
  return std::unique_ptr<ScsiPort>(std::make_unique<LinuxScsiPort>(std::move(descriptor), may));
}

Result<std::unique_ptr<NvmeAdminPort>> open_nvme_port(const std::string& path, PortMay may) {
  Descriptor descriptor = TRY(open_node(path));
  return std::unique_ptr<NvmeAdminPort>(std::make_unique<LinuxNvmePort>(std::move(descriptor), may));
}

// Host status: what the kernel's SCSI layer calls DID_…. Driver status: 8 says that there is sense.
std::optional<Error> trouble_in(const SgOutcome& outcome, std::string_view command) {
  constexpr unsigned kNoConnect = 0x01;
  constexpr unsigned kTimeOut = 0x03;
  constexpr unsigned kBadTarget = 0x04;
  constexpr unsigned kDriverTimeout = 0x06;
  constexpr unsigned kDriverSense = 0x08;
  const unsigned driver = outcome.driver_status & 0xF;
  const std::string sentence = std::string(command) + ": host status " + std::to_string(outcome.host_status) +
                               ", driver status " + std::to_string(outcome.driver_status);
  if (outcome.host_status == kNoConnect || outcome.host_status == kBadTarget)
    return Error{Errc::Gone, Stop::DriveGone, sentence};
  if (outcome.host_status == kTimeOut || driver == kDriverTimeout)
    return Error{Errc::Timeout, Stop::DriveSick, sentence};
  if (outcome.host_status != 0 || (driver != 0 && driver != kDriverSense))
    return Error{Errc::Io, Stop::DriveSick, sentence};
  return std::nullopt;
}

}  // namespace relance
