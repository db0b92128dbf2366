#pragma once
// One NVMe admin command as the dwords that go out, and what comes back.

#include <array>
#include <chrono>
#include <string_view>

#include "wiper/base/bytes.h"

namespace relance {

struct NvmeCommand {
  std::string_view name;  // As the standard calls it: for errors and logs.
  std::uint8_t opcode = 0;
  std::uint32_t nsid = 0;
  std::array<std::uint32_t, 6> dwords{};  // CDW10 to CDW15.
  std::size_t bytes_in = 0;
  std::chrono::seconds patience{30};

  bool operator==(const NvmeCommand&) const = default;
};

struct NvmeReply {
  std::uint16_t status = 0;  // Code type in 10:8, code in 7:0; 0 is success. Do Not Retry and More are left out.
  std::uint32_t result = 0;  // Dword 0 of the completion.
  Bytes data;                // bytes_in of them; empty unless it succeeded.
  bool operator==(const NvmeReply&) const = default;
};

// As for ATA.
bool changes_nothing(const NvmeCommand& command);

// Not for several threads at once. Any NVMe status is an answer, not an Error. Errors: Gone, Timeout, Io, Refused.
class NvmeAdminPort {
 public:
  virtual ~NvmeAdminPort() = default;
  virtual Result<NvmeReply> submit(const NvmeCommand& command) = 0;
};

// For those who hold no confirmation: passes on what changes nothing, refuses the rest.
class LookingNvmePort : public NvmeAdminPort {
 public:
  explicit LookingNvmePort(NvmeAdminPort& port) : port_(port) {}
  Result<NvmeReply> submit(const NvmeCommand& command) override;

 private:
  NvmeAdminPort& port_;
};

}  // namespace relance
