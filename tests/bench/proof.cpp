// What proof costs: a month of certificates with their ledger, made as a stick makes them but in memory, each timed, and then
// written into a folder for `relance check`.
//
//   RELANCE_BENCH_FOLDER=FOLDER proof_bench     prints: machines, median and longest seconds of one, bytes of the largest page.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/wiper/audit/ledger_desk.h"
#include "wiper/plan/machine_number.h"

namespace relance {
namespace {

constexpr unsigned kMachines = 150;  // What one workshop does in a month.

Certificate certificate_of(unsigned machine) {
  Certificate certificate = machine % 10 == 9 ? sampled_certificate() : erased_certificate();
  char digits[6];
  std::snprintf(digits, sizeof digits, "%05u", machine);
  certificate.number = std::string("DEF-") + digits + "-" + check_digit(digits);
  certificate.drive.serial = "S20BJ9" + std::string(digits);
  certificate.machine.serial = "PC-" + std::string(digits);
  return certificate;
}

// With its line in the ledger; the DEBUT before it was hours ago.
double seconds_of_one(Desk& desk, const Certificate& certificate) {
  const std::uint64_t begun = desk.begin(certificate).rank;
  const auto start = std::chrono::steady_clock::now();
  (void)desk.end(certificate, begun);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void write_out(const Desk& desk, const std::filesystem::path& folder) {
  const auto put = [&](const std::filesystem::path& path, const Bytes& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << as_text(bytes);
  };
  for (const auto& [path, bytes] : desk.store->files) put(folder / "stick" / path, bytes);
  put(folder / "racine.pem", workshop().root.to_pem());
}

TEST_CASE("a month") {
  const char* const folder = std::getenv("RELANCE_BENCH_FOLDER");
  REQUIRE(folder != nullptr);
  Desk desk;
  std::vector<double> seconds;
  seconds.reserve(kMachines);
  for (unsigned machine = 0; machine < kMachines; ++machine)
    seconds.push_back(seconds_of_one(desk, certificate_of(machine)));
  std::ranges::sort(seconds);
  std::size_t largest = 0;
  for (const auto& [path, bytes] : desk.store->files)
    if (path.ends_with(kPdfEnding)) largest = std::max(largest, bytes.size());
  write_out(desk, folder);
  std::printf("figures %u %.4f %.4f %zu\n", kMachines, seconds[kMachines / 2], seconds.back(), largest);
}

}  // namespace
}  // namespace relance
