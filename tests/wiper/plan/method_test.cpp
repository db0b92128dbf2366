#include "wiper/plan/method.h"

#include <doctest/doctest.h>

#include <set>

#include "wiper/plan/level.h"

namespace relance {
namespace {

// "00 ff keyed-3"
std::string passes_of(std::string_view name) {
  const Method* const method = method_named(name);
  if (method == nullptr) return "unknown";
  std::string text;
  for (std::size_t i = 0; i < method->passes.size(); ++i) {
    const Pass& pass = method->passes[i];
    std::string content = content_name(pass, i + 1);
    for (const std::string_view prefix : {"constant-", "repeating-"})
      if (content.starts_with(prefix)) content = content.substr(prefix.size());
    text += (text.empty() ? "" : " ") + content + (pass.is_compared ? "!" : "");
  }
  return text;
}

TEST_SUITE("overwrite methods") {
  TEST_CASE("each method's passes, in their order") {
    CHECK(passes_of("zero") == "00");
    CHECK(passes_of("one") == "ff");
    CHECK(passes_of("random") == "keyed-1");
    CHECK(passes_of("random-zero") == "keyed-1 00");
    CHECK(passes_of("dod-short") == "character-1 complement-1 keyed-3");
    CHECK(passes_of("dod") == "character-1 complement-1 keyed-3 character-4 character-5 complement-5 keyed-7");
    CHECK(passes_of("bsi-2011-vs") == "keyed-1! ff");
    CHECK(passes_of("is5-baseline") == "00");
    CHECK(passes_of("is5-enhanced") == "00 ff keyed-3");
    CHECK(passes_of("schneier") == "ff 00 keyed-3 keyed-4 keyed-5 keyed-6 keyed-7");
    CHECK(passes_of("ops2") == "00 ff 00 ff 00 ff keyed-7");
    CHECK(passes_of("vsitr") == "00 ff 00 ff 00 ff aa");
    CHECK(passes_of("gutmann") ==
          "keyed-1 keyed-2 keyed-3 keyed-4 55 aa 924924 492492 249249 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff "
          "924924 492492 249249 6db6db b6db6d db6db6 keyed-32 keyed-33 keyed-34 keyed-35");
    CHECK(passes_of("nist") == "unknown");
  }

  TEST_CASE("a complement is of a character that came before, and no two methods have one name") {
    std::set<std::string_view> names;
    for (const Method& method : methods()) {
      CAPTURE(method.name);
      CHECK(names.insert(method.name).second);
      for (std::size_t i = 0; i < method.passes.size(); ++i) {
        const Pass& pass = method.passes[i];
        if (pass.kind != PassKind::Complement) continue;
        REQUIRE(pass.of >= 1);
        REQUIRE(pass.of <= i);
        CHECK(method.passes[pass.of - 1].kind == PassKind::Character);
      }
    }
  }
}

TEST_SUITE("levels") {
  TEST_CASE("flash, cards and what does not say what it is: Clear at most, but for SANITIZE block and crypto") {
    DriveFacts drive;
    for (const Medium medium : {Medium::Flash, Medium::Unknown}) {
      drive.medium = medium;
      for (const EraseCommand command :
           {EraseCommand::Overwrite, EraseCommand::SecurityErase, EraseCommand::SecurityEraseEnhanced,
            EraseCommand::SanitizeOverwrite, EraseCommand::NvmeSanitizeOverwrite, EraseCommand::NvmeFormat})
        CHECK(level_of(command, drive) == Level::Clear);
      for (const EraseCommand command : {EraseCommand::SanitizeBlock, EraseCommand::SanitizeCrypto,
                                         EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeSanitizeCrypto})
        CHECK(level_of(command, drive) == Level::Purge);
    }
    drive.bus = Bus::Mmc;
    for (const LevelRow& row : level_table()) CHECK(level_of(row.command, drive) == Level::Clear);
  }

  TEST_CASE("rotating disks: an overwrite is Clear, SANITIZE and enhanced SECURITY ERASE are Purge") {
    DriveFacts drive;
    drive.medium = Medium::Rotating;
    CHECK(level_of(EraseCommand::Overwrite, drive) == Level::Clear);
    CHECK(level_of(EraseCommand::SecurityErase, drive) == Level::Clear);
    for (const EraseCommand command :
         {EraseCommand::SanitizeCrypto, EraseCommand::SanitizeOverwrite, EraseCommand::SecurityEraseEnhanced})
      CHECK(level_of(command, drive) == Level::Purge);
    CHECK(level_of(EraseCommand::SanitizeBlock, drive) == Level::None);
  }

  TEST_CASE("each command has one row, and each row its source") {
    std::set<EraseCommand> commands;
    for (const LevelRow& row : level_table()) {
      CHECK(commands.insert(row.command).second);
      CHECK(row.source.size() > 20);
    }
    CHECK(commands.size() == EnumNames<EraseCommand>::names.size());
  }
}

}  // namespace
}  // namespace relance
