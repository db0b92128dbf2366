#pragma once
// What the deployed system is told about itself: its name, an empty machine-id (each PC gets its own at its first start),
// and what was done to the drive before. Pure.

#include <optional>

#include "imager/filesystem/refit_ext4.h"
#include "wiper/content/contents.h"

namespace relance {

inline constexpr const char* kHostnameFile = "etc/hostname";
inline constexpr const char* kHostsFile = "etc/hosts";
inline constexpr const char* kMachineIdFile = "etc/machine-id";
inline constexpr const char* kStatementFile = "usr/share/relance/effacement.json";
inline constexpr const char* kStatementSignatureFile = "usr/share/relance/effacement.json.p7s";
inline constexpr const char* kFirstBootFile = "var/lib/relance/first-boot";  // The certificate's number.

// What a system has that is to be started once, and what it leaves (image-build/master/parts/trial).
inline constexpr const char* kTrialFile = "var/lib/relance/trial";  // The number, and the trial's word below it.
inline constexpr const char* kTrialResultFile = "var/lib/relance/trial-result";
inline std::string trial_name_file(std::string_view word) {  // Empty: the stick's GRUB finds the disk by its name.
  std::string name = kTrialFile;
  return name.append("-").append(word);
}

// "DEF-04217-8" → "def-04217"; empty if the number has nothing that a host name may hold.
std::string host_name(std::string_view machine_number);

// The lines of etc/hosts with the old name replaced wherever it stands as a word of its own.
std::string renamed_hosts(std::string_view hosts, std::string_view old_name, std::string_view new_name);

struct SystemAsDeployed {  // The files as the image brought them; nothing: there is none.
  std::optional<Bytes> hostname;
  std::optional<Bytes> hosts;
  bool has_machine_id = false;
};
std::vector<FileWish> system_files(const ContentRequest& request, const SystemAsDeployed& held);

}  // namespace relance
