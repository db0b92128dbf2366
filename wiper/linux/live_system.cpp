#include "wiper/linux/live_system.h"

#include <filesystem>

#include "wiper/linux/process.h"

namespace relance::live_system {
namespace {

constexpr const char* kFolder = "/run/relance";
constexpr const char* kStick = "/run/relance/stick";
constexpr const char* kDriversLoaded = "/run/relance/drivers";
constexpr const char* kTrial = "/run/relance/trial";

bool is_folder(const char* path) {
  std::error_code unknown;
  return std::filesystem::is_directory(path, unknown);
}

}  // namespace

std::string stick_folder() { return is_folder(kStick) ? kStick : ""; }

bool loads_drivers() {
  std::error_code unknown;
  return is_folder(kFolder) && !std::filesystem::exists(kDriversLoaded, unknown);
}

void ask_for_trial(const std::string& word) {
  if (is_folder(kFolder)) append_line(kTrial, word);
}

}  // namespace relance::live_system
