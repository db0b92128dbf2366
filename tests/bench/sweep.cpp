// The sweep alone on a real drive, timed from inside: what scripts/bench puts beside fio and nwipe.
//
//   sweep_bench DEVICE zero|random WORKERS CHUNK_KIB     writes the drive, reads it back; prints the seconds of both.

#include "wiper/sweep/sweep.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "wiper/content/pattern.h"
#include "wiper/linux/block_device.h"
#include "wiper/linux/entropy.h"
#include "wiper/linux/executor.h"

namespace relance {
namespace {

double seconds_between(Moment from, Moment to) { return std::chrono::duration<double>(to - from).count(); }

int run(const std::string& path, const std::string& kind, unsigned workers, std::uint64_t chunk_bytes) {
  LinuxExecutor executor;
  LinuxEntropy entropy;
  const auto opened = LinuxBlockDevice::open(path);
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
    return 3;
  }
  BlockDevice& device = *opened.value();
  const Cipher cipher = faster_cipher(executor);
  auto pattern =
      kind == "zero" ? constant_pattern(std::byte{0}) : keyed_pattern(cipher, derive_key(as_bytes("bench"), "bench"));
  const auto content =
      pattern_content(kind, std::move(pattern), device.geometry(), {device.geometry().whole()}, chunk_bytes);
  const SweepSetup setup{.executor = executor, .entropy = entropy, .workers = workers};

  const Moment start = executor.now();
  const SweepReport written = Sweep(setup, content).write(device);
  const Moment middle = executor.now();
  const ReadBack read_back = Sweep(setup, content).compare(device);
  const Moment end = executor.now();

  const bool is_well = written.end == SweepEnd::Complete && written.failed.empty() && read_back.is_clean();
  std::printf("%.3f %.3f %s\n", seconds_between(start, middle), seconds_between(middle, end), is_well ? "well" : "BAD");
  return is_well ? 0 : 4;
}

}  // namespace
}  // namespace relance

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "sweep_bench DEVICE zero|random WORKERS CHUNK_KIB\n");
    return 2;
  }
  return relance::run(argv[1], argv[2], static_cast<unsigned>(std::atoi(argv[3])),
                      std::strtoull(argv[4], nullptr, 10) * 1024);
}
