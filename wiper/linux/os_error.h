#pragma once
// What an errno means for a drive. Every errno is a failure: disks say EIO, NVMe says ENODATA for a bad medium, bridges
// say EREMOTEIO or EILSEQ, and a pulled one ENXIO or, because its size is 0 by then, ENOSPC.

#include <string>

#include "wiper/base/error.h"

namespace relance {

// "write of 8 blocks at LBA 5: Input/output error (5)".
std::string os_sentence(const std::string& what, int os_errno);

// read, write or flush on a block device that is open.
Error device_error(const std::string& what, int os_errno);
// The same on a regular file that plays a drive: a full file system is not a missing drive.
Error file_drive_error(const std::string& what, int os_errno);
// open.
Error open_error(const std::string& what, int os_errno);

}  // namespace relance
