#include "wiper/plan/level.h"

#include <algorithm>
#include <iterator>

namespace relance {
namespace {

// openSeaChest: operations.c, whose levels are "based on IEEE 2883", for firmware that does what it says.
constexpr std::string_view kOverwrite =
    "NIST SP 800-88 Rev. 1, tables A-5 and A-8: an overwrite of at least one pass is Clear; openSeaChest likewise";
constexpr std::string_view kSanitize = "NIST SP 800-88 Rev. 1, tables A-5 and A-8, Purge; openSeaChest likewise";
constexpr std::string_view kSanitizeOverwrite =
    "NIST SP 800-88 Rev. 1, table A-5, Purge; of flash Clear at most: table A-8 names block erase and crypto only";
constexpr std::string_view kNvmeSanitize = "openSeaChest: NVMe Sanitize is Purge";
constexpr std::string_view kNvmeSanitizeOverwrite = "openSeaChest; of flash Clear at most, as SANITIZE overwrite";
constexpr std::string_view kSecurityErase = "NIST SP 800-88 Rev. 1, tables A-5 and A-8, Clear; openSeaChest likewise";
constexpr std::string_view kSecurityEraseEnhanced =
    "NIST SP 800-88 Rev. 1, table A-5, Purge; of flash Clear at most: what it reaches there is the vendor's affair";
constexpr std::string_view kFormat =
    "openSeaChest: Format of user data is Clear, with crypto \"possible Purge\": Clear";

constexpr LevelRow kLevels[] = {
    {EraseCommand::Overwrite, Level::Clear, Level::Clear, kOverwrite},
    {EraseCommand::SanitizeBlock, Level::None, Level::Purge, kSanitize},  // No rotating disk has block erase.
    {EraseCommand::SanitizeCrypto, Level::Purge, Level::Purge, kSanitize},
    {EraseCommand::SanitizeOverwrite, Level::Purge, Level::Clear, kSanitizeOverwrite},
    {EraseCommand::SecurityErase, Level::Clear, Level::Clear, kSecurityErase},
    {EraseCommand::SecurityEraseEnhanced, Level::Purge, Level::Clear, kSecurityEraseEnhanced},
    {EraseCommand::NvmeFormat, Level::Clear, Level::Clear, kFormat},
    {EraseCommand::NvmeFormatCrypto, Level::Clear, Level::Clear, kFormat},
    {EraseCommand::NvmeSanitizeBlock, Level::None, Level::Purge, kNvmeSanitize},
    {EraseCommand::NvmeSanitizeCrypto, Level::Purge, Level::Purge, kNvmeSanitize},
    {EraseCommand::NvmeSanitizeOverwrite, Level::Purge, Level::Clear, kNvmeSanitizeOverwrite},
};

}  // namespace

std::span<const LevelRow> level_table() { return kLevels; }

Level level_of(EraseCommand command, const DriveFacts& drive) {
  const auto row = std::ranges::find_if(kLevels, [command](const LevelRow& each) { return each.command == command; });
  if (row == std::end(kLevels)) return Level::None;
  const bool is_card = drive.bus == Bus::Mmc || drive.bus == Bus::SdCard;
  if (is_card) return std::min(row->flash, Level::Clear);
  return drive.medium == Medium::Rotating ? row->rotating : row->flash;
}

}  // namespace relance
