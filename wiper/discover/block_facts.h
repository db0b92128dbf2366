#pragma once
// What the kernel's files say about its block devices. Nothing is opened here: findings and what only a descriptor knows
// are added by wiper/linux.

#include "wiper/discover/drive_uses.h"

namespace relance {

// The names of all devices that are drives: hardware, and loop devices with something behind them. Not those that stand
// for something on a drive (dm, md, zram), nor optical ones, floppies, empty card readers, and the boot areas of an eMMC.
std::vector<std::string> drive_names(const SysfsTree& tree);

// Behind its node sits an ATA disk that takes ATA commands: on the PC's own ports, or on a SAS controller. Not behind USB:
// some bridges do not survive a command that they do not know.
bool takes_ata_commands(const SysfsTree& tree, const std::string& name);

// Some bridges put an optimal I/O size where the physical block belongs: what is no power of two between the logical
// block and 1 MiB is the logical block.
std::uint32_t usable_physical_bytes(std::uint64_t physical, std::uint32_t logical);

// Facts of one block device by its kernel name. NotADrive: a partition, or something that is no drive; NoDrive: not there.
Result<DriveFacts> block_facts(const SysfsTree& tree, const UseTables& tables, const std::string& name);

}  // namespace relance
