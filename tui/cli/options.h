#pragma once
// What was written on the command line, as values.

#include <optional>
#include <string>
#include <vector>

#include "wiper/plan/plan.h"

namespace relance {

enum class Command : std::uint8_t {
  Screens,
  Drives,
  Plan,
  Wipe,
  Verify,
  Capture,
  Deploy,
  Run,
  Resume,
  Trial,
  Check,
  KeyWorkshop,
  KeyStick,
  KeyLost,
  KeyResponsable,
  Lot,
  ImageCheck,
  ImageSign,
  Journal,
  Inspect,
  Practice,
  Help,
  Version
};

struct Options {
  Command command = Command::Screens;
  std::string help_about;  // Of Help: "wipe", "key stick"; empty: the program.
  std::optional<Language> language;
  bool json = false;

  std::vector<std::string> paths;  // Drives, or what is to be checked.
  std::string folder;              // Of an image, of keys.
  std::string out = ".";
  std::string source;  // Of a capture; of an image to sign.
  std::string stick;
  std::string profile;
  std::string passphrase_file;
  std::string new_passphrase_file;
  std::vector<std::string> confirm;
  std::string number;
  std::string method;
  std::string verify;
  std::string content = "zero";
  std::string root;
  std::string workshop;
  std::string name;
  std::string image;
  bool no_image = false;
  bool trial = false;
  bool not_erased = false;
  bool may_be_unsigned = false;
  bool demo = false;
  bool nothing_left = false;
  std::vector<std::string> witnesses;
  bool generalise = false;
  std::vector<std::string> kept_accounts;
  int level = 3;
  unsigned speed = 1;
  std::uint64_t seed = 1;
};

// Stop::Usage with what is wrong, in English.
Result<Options> parse_command_line(int count, const char* const* words);

// --language, else LC_ALL, LC_MESSAGES or LANG if they name one of our languages, else what the profile says.
Language language_of(const Options& options, Language otherwise);

}  // namespace relance
