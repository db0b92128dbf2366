#pragma once
// The drives of this PC, and files that play one: what the kernel's tables say, completed by what only a descriptor knows.

#include "wiper/discover/block_facts.h"

namespace relance {

// Where a folder lies. Nothing if there is no such folder.
std::optional<StickPlace> stick_place(const std::string& folder);

// Every storage device that is found now, sorted by name, confirm words given. Each is read a little (findings), and ATA
// disks are asked for hidden areas, by commands that change nothing.
Result<std::vector<DriveFacts>> list_drives(const std::optional<StickPlace>& stick = std::nullopt);

// One drive by its node, or a regular file. Its confirm word is unique among the drives that list_drives() would give.
// Errors: NoDrive, NotADrive, OddSize, DriveReadOnly (no right to read it).
Result<DriveFacts> read_drive_facts(const std::string& path, const std::optional<StickPlace>& stick = std::nullopt);

// The same without findings and hidden areas: nothing is asked of the drive. For comparing a drive that is held with the plan's.
Result<DriveFacts> read_drive_identity(const std::string& path, const std::optional<StickPlace>& stick = std::nullopt);

}  // namespace relance
