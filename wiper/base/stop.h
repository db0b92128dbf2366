#pragma once
// STOP numbers: what a technician reads out over the phone or writes on a piece of tape. They never change meaning.
// wiper/text has two sentences for each (what happened, what to do), in each language; a test counts them.

#include <array>
#include <cstdint>

namespace relance {

enum class Stop : std::uint8_t {
  // The drive.
  NoDrive = 10,       // No such drive, or none at all.
  DriveGone = 11,     // It disappeared while we worked.
  DriveMounted = 12,  // A file system of it is mounted, or it is swap.
  DriveHeld = 13,     // Another program holds it.
  DriveReadOnly = 14,
  DriveExternal = 15,  // USB, FireWire, Thunderbolt, memory card: not a target by default.
  OwnStick = 16,
  DriveTooSmall = 17,  // Smaller than the image needs.
  OddSize = 18,        // A file whose size is no whole number of blocks.
  DriveSick = 19,      // It answers with errors.
  DriveStalled = 20,   // It does not answer any more.
  DriveLocked = 21,    // Password of the donor.
  DriveChanged = 22,   // Not the drive that was planned: serial or size differ.
  NotADrive = 23,      // A folder, a character device, an empty file.
  TooManyErrors = 24,
  NotErased = 25,  // deploy alone on a drive without a finished erase in this run's journal.
  WrongConfirmation = 26,
  WrongNumber = 27,    // The check digit of the machine's number does not fit.
  VerdictTooLow = 28,  // The erase's verdict does not allow deployment.
  MethodUnknown = 29,
  // The image.
  ImageMissing = 30,
  ImageUnsigned = 31,
  ImageStranger = 32,  // Signed by a key that our root does not know.
  BlockFormat = 33,    // 520-byte sectors and the like.
  ImageDamaged = 34,   // A hash or a length is wrong.
  ImageHostile = 35,   // Not a format that we read, or lengths that make no sense.
  MasterUnfit = 36,    // The master cannot be captured: dirty, unknown features.
  ImageUnsuited = 37,  // The image cannot live on, or start from, a drive with blocks of this size.
  // Our stick. The live system says these three before the program starts, too.
  StickTwice = 38,    // Two sticks that are the same one.
  StickDamaged = 39,  // It is there, but its data partition cannot be mounted.
  StickMissing = 40,
  StickFull = 41,
  Unspecified = 42,
  StickReadOnly = 43,
  StickGone = 44,
  JournalDamaged = 45,
  ProfileWrong = 46,
  NothingToResume = 47,
  RecordTaken = 48,  // A certificate of that name is there already.
  LedgerDamaged = 49,
  // Keys and proof.
  KeyUnreadable = 50,
  KeyPassphrase = 51,
  KeyStranger = 52,
  SignatureWrong = 53,
  CertificateWrong = 54,
  CertificateDemo = 55,  // ESSAI without --demo.
  LedgerOther = 56,      // The result of an erase that another stick began.
  KeyRevoked = 57,       // Signed by a stick that was lost, after it was.
  // Tools and the start of the deployed system.
  ToolFailed = 60,
  TrialFailed = 61,
  TrialAwaited = 63,  // The PC must start from its own disk first.
  BootUnfit = 62,     // What we deployed would not boot: self-check.
  // Results.
  DataDiffers = 70,
  ReadErrors = 71,
  WriteErrors = 72,
  Interrupted = 73,
  AddressesWrap = 74,     // Two numbered blocks are one: a bridge that cuts addresses short.
  PowerCycleNeeded = 75,  // The drive shows the rest of itself only once the power was off.
  DriveTooSlow = 76,      // It would take days.
  DriveLied = 77,         // It says that it has erased itself, and has not.
  MainsNeeded = 78,       // A laptop on its battery: the next command must not be cut off.
  BatteryLow = 79,        // Stopped while there is enough left to save what was done.
  // The program.
  Internal = 90,
  NoMemory = 91,
  Usage = 92,
};

inline constexpr std::array kAllStops = {
    Stop::NoDrive,        Stop::DriveGone,         Stop::DriveMounted,    Stop::DriveHeld,        Stop::DriveReadOnly,
    Stop::DriveExternal,  Stop::OwnStick,          Stop::DriveTooSmall,   Stop::OddSize,          Stop::DriveSick,
    Stop::DriveStalled,   Stop::DriveLocked,       Stop::DriveChanged,    Stop::NotADrive,        Stop::TooManyErrors,
    Stop::NotErased,      Stop::WrongConfirmation, Stop::WrongNumber,     Stop::VerdictTooLow,    Stop::MethodUnknown,
    Stop::ImageMissing,   Stop::ImageUnsigned,     Stop::ImageStranger,   Stop::BlockFormat,      Stop::ImageDamaged,
    Stop::ImageHostile,   Stop::MasterUnfit,       Stop::ImageUnsuited,   Stop::StickTwice,       Stop::StickDamaged,
    Stop::StickMissing,   Stop::StickFull,         Stop::Unspecified,     Stop::StickReadOnly,    Stop::StickGone,
    Stop::JournalDamaged, Stop::ProfileWrong,      Stop::NothingToResume, Stop::RecordTaken,      Stop::KeyUnreadable,
    Stop::KeyPassphrase,  Stop::KeyStranger,       Stop::SignatureWrong,  Stop::CertificateWrong, Stop::CertificateDemo,
    Stop::LedgerDamaged,  Stop::LedgerOther,       Stop::KeyRevoked,      Stop::ToolFailed,       Stop::TrialFailed,
    Stop::BootUnfit,      Stop::TrialAwaited,      Stop::DataDiffers,     Stop::ReadErrors,       Stop::WriteErrors,
    Stop::Interrupted,    Stop::PowerCycleNeeded,  Stop::AddressesWrap,   Stop::DriveTooSlow,     Stop::DriveLied,
    Stop::MainsNeeded,    Stop::BatteryLow,        Stop::Internal,        Stop::NoMemory,         Stop::Usage};

}  // namespace relance
