#include "wiper/linux/os_error.h"

#include <cerrno>
#include <system_error>

namespace relance {

std::string os_sentence(const std::string& what, int os_errno) {
  return what + ": " + std::generic_category().message(os_errno) + " (" + std::to_string(os_errno) + ")";
}

Error device_error(const std::string& what, int os_errno) {
  const std::string sentence = os_sentence(what, os_errno);
  switch (os_errno) {
    case ENODEV:
    case ENXIO:
    case ENOSPC:  // The kernel sets a removed drive's size to 0: our block lies behind its end.
    case EBADF:
    case ENOMEDIUM:
      return {Errc::Gone, Stop::DriveGone, sentence, os_errno};
    case ETIMEDOUT:
      return {Errc::Timeout, Stop::DriveSick, sentence, os_errno};
    case EROFS:
    case EPERM:  // The kernel's answer to a write on a device that was switched to read-only.
      return {Errc::Io, Stop::DriveReadOnly, sentence, os_errno};
    default:
      return {Errc::Io, Stop::DriveSick, sentence, os_errno};
  }
}

Error file_drive_error(const std::string& what, int os_errno) {
  if (os_errno == ENOSPC) return {Errc::Io, Stop::DriveSick, os_sentence(what, os_errno), os_errno};
  return device_error(what, os_errno);
}

Error open_error(const std::string& what, int os_errno) {
  const std::string sentence = os_sentence(what, os_errno);
  switch (os_errno) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENODEV:
    case ENXIO:
    case ENOMEDIUM:
      return {Errc::Gone, Stop::NoDrive, sentence, os_errno};
    case EBUSY:
    case EAGAIN:
    case ETXTBSY:
      return {Errc::Busy, Stop::DriveHeld, sentence, os_errno};
    case EROFS:
    case EACCES:
    case EPERM:
      return {Errc::Refused, Stop::DriveReadOnly, sentence, os_errno};
    case EISDIR:
      return {Errc::Invalid, Stop::NotADrive, sentence, os_errno};
    default:
      return {Errc::Io, Stop::DriveSick, sentence, os_errno};
  }
}

}  // namespace relance
