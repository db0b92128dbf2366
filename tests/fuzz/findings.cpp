// A hostile donor's disk under libblkid: any first 256 KiB of a drive of 64 MiB.

#include "wiper/linux/findings.h"

#include "wiper/linux/memory_file.h"

using namespace relance;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* raw, std::size_t size) {
  constexpr std::uint64_t kDrive = 64u << 20;
  constexpr std::size_t kHead = 256 * 1024;
  const auto disk = LinuxMemoryFile::make(kDrive).value();
  const Result<void> written = disk->write(0, std::as_bytes(std::span(raw, size < kHead ? size : kHead)));
  if (written.ok())
    (void)findings_on(disk->path(), {.block_count = kDrive / 512, .logical_bytes = 512, .physical_bytes = 512});
  return 0;
}
