// The only file that includes CLI11.

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "tui/cli/options.h"

namespace relance {
namespace {

// A subcommand that fills the options; help is ours, so that it speaks both languages.
class Parser {
 public:
  explicit Parser(Options& options) : options_(options), app_("", "relance") {
    app_.set_help_flag();
    app_.require_subcommand(0, 1);
    app_.fallthrough();
    app_.add_flag("-h,--help", wants_help_);
    app_.add_flag("--version", wants_version_);
    app_.add_flag("--json", options_.json);
    app_.add_option("--language", language_)->check(CLI::IsMember({"fr", "en"}));
    add_stick(app_);
    app_.add_option("--profile", options_.profile);
    add_commands();
  }

  Result<Options> parse(int count, const char* const* words) {
    try {
      app_.parse(count, words);
    } catch (const CLI::ParseError& wrong) {
      // Whoever asks for help gets it, however incomplete the command is.
      if (!wants_help_) return Error{Errc::Invalid, Stop::Usage, wrong.what()};
    }
    if (!language_.empty()) options_.language = enum_named<Language>(language_);
    if (wants_help_) options_.help_about = asked_about();
    if (wants_help_) options_.command = Command::Help;
    if (wants_version_) options_.command = Command::Version;
    const bool is_incomplete =
        !wants_help_ && !wants_version_ && incomplete_ != nullptr && incomplete_->parsed() && !is_complete_;
    if (is_incomplete) return Error{Errc::Invalid, Stop::Usage, "key and image want a second word: see --help"};
    return options_;
  }

 private:
  CLI::App* add(CLI::App& parent, const char* name, Command command) {
    CLI::App* sub = parent.add_subcommand(name);
    sub->set_help_flag();
    sub->fallthrough();
    sub->add_flag("-h,--help", wants_help_);
    sub->parse_complete_callback([this, command] {
      options_.command = command;
      is_complete_ = true;
    });
    return sub;
  }
  CLI::App* add_group(const char* name) {
    CLI::App* group = app_.add_subcommand(name);
    group->set_help_flag();
    group->fallthrough();
    group->add_flag("-h,--help", wants_help_);
    group->require_subcommand(0, 1);
    group->callback([this, group] { incomplete_ = group; });
    return group;
  }

  void add_stick(CLI::App& app) {
    app.add_option("--stick", options_.stick);
    app.add_option("--passphrase-file", options_.passphrase_file);
  }
  void add_drives(CLI::App& app, bool required) {
    CLI::Option* drives = app.add_option("drives", options_.paths);
    if (required) drives->required();
  }
  void add_erase(CLI::App& app) {
    app.add_option("--method", options_.method);
    app.add_option("--verify", options_.verify)->check(CLI::IsMember({"full", "each", "sample", "none"}));
    app.add_option("--number", options_.number);
  }
  void add_confirm(CLI::App& app) { app.add_option("--confirm", options_.confirm)->allow_extra_args(false); }

  void add_commands() {
    add_drives(*add(app_, "drives", Command::Drives), false);

    CLI::App* plan = add(app_, "plan", Command::Plan);
    add_drives(*plan, true);
    add_erase(*plan);
    plan->add_flag("--no-image", options_.no_image);

    CLI::App* wipe = add(app_, "wipe", Command::Wipe);
    add_drives(*wipe, true);
    add_erase(*wipe);
    add_confirm(*wipe);

    CLI::App* verify = add(app_, "verify", Command::Verify);
    verify->add_option("drive", options_.paths)->required()->expected(1);
    verify->add_option("--content", options_.content)->check(CLI::IsMember({"zero", "one", "journal"}));

    CLI::App* capture = add(app_, "capture", Command::Capture);
    capture->add_option("source", options_.source)->required();
    capture->add_option("folder", options_.folder)->required();
    capture->add_option("--key", options_.workshop);
    CLI::Option* generalise = capture->add_flag("--generalise", options_.generalise);
    capture->add_option("--keep-account", options_.kept_accounts)->allow_extra_args(false)->needs(generalise);
    capture->add_option("--level", options_.level)->check(CLI::Range(1, 19));

    CLI::App* deploy = add(app_, "deploy", Command::Deploy);
    deploy->add_option("folder", options_.folder)->required();
    deploy->add_option("drive", options_.paths)->required()->expected(1);
    deploy->add_option("--number", options_.number);
    deploy->add_option("--verify", options_.verify)->check(CLI::IsMember({"full", "none"}));
    deploy->add_flag("--not-erased", options_.not_erased);
    deploy->add_flag("--unsigned", options_.may_be_unsigned);
    add_confirm(*deploy);

    CLI::App* run = add(app_, "run", Command::Run);
    add_drives(*run, true);
    add_erase(*run);
    CLI::Option* no_image = run->add_flag("--no-image", options_.no_image);
    run->add_flag("--trial", options_.trial)->excludes(no_image);
    add_confirm(*run);

    CLI::App* resume = add(app_, "resume", Command::Resume);
    add_drives(*resume, false);
    resume->add_option("--image", options_.image);

    add_drives(*add(app_, "trial", Command::Trial), false);

    CLI::App* check = add(app_, "check", Command::Check);
    check->add_option("paths", options_.paths)->required();
    check->add_option("--root", options_.root);
    check->add_flag("--demo", options_.demo);
    check->add_option("--witness", options_.witnesses);

    CLI::App* lot = add(app_, "lot", Command::Lot);
    lot->add_option("list", options_.source)->required();
    lot->add_option("paths", options_.paths);
    lot->add_option("--name", options_.name)->required();
    lot->add_option("--key", options_.workshop)->required();
    lot->add_option("--out", options_.out);
    lot->add_flag("--demo", options_.demo);

    CLI::App* key = add_group("key");
    CLI::App* workshop = add(*key, "workshop", Command::KeyWorkshop);
    workshop->add_option("folder", options_.folder)->required();
    workshop->add_option("--name", options_.name);
    CLI::App* stick = add(*key, "stick", Command::KeyStick);
    stick->add_option("folder", options_.folder)->required();
    stick->add_option("--workshop", options_.workshop)->required();
    stick->add_option("--name", options_.name)->required();
    stick->add_option("--new-passphrase-file", options_.new_passphrase_file);
    CLI::App* responsable = add(*key, "responsable", Command::KeyResponsable);
    responsable->add_option("folder", options_.folder)->required();
    responsable->add_option("--workshop", options_.workshop)->required();
    responsable->add_option("--name", options_.name)->required();
    responsable->add_option("--new-passphrase-file", options_.new_passphrase_file);
    CLI::App* lost = add(*key, "lost", Command::KeyLost);
    lost->add_option("--workshop", options_.workshop)->required();
    lost->add_option("--name", options_.name)->required();
    CLI::Option* witness = lost->add_option("--witness", options_.witnesses);
    lost->add_flag("--nothing-left", options_.nothing_left)->excludes(witness);

    CLI::App* image = add_group("image");
    CLI::App* image_check = add(*image, "check", Command::ImageCheck);
    image_check->add_option("folder", options_.folder)->required();
    image_check->add_option("--root", options_.root);
    image_check->add_flag("--unsigned", options_.may_be_unsigned);
    CLI::App* image_sign = add(*image, "sign", Command::ImageSign);
    image_sign->add_option("source", options_.source)->required();
    image_sign->add_option("folder", options_.folder)->required();
    image_sign->add_option("--key", options_.workshop)->required();

    add(app_, "journal", Command::Journal);
    add(app_, "inspect", Command::Inspect);
    CLI::App* practice = add(app_, "practice", Command::Practice);
    practice->add_option("--speed", options_.speed)->check(CLI::Range(1, 1000));
    practice->add_option("--seed", options_.seed);
  }

  std::string asked_about() const {
    std::string words;
    const CLI::App* app = &app_;
    for (std::vector<CLI::App*> subs = app->get_subcommands(); !subs.empty(); subs = app->get_subcommands()) {
      app = subs.front();
      words += (words.empty() ? "" : " ") + app->get_name();
    }
    return words;
  }

  Options& options_;
  CLI::App app_;
  std::string language_;
  bool wants_help_ = false;
  bool wants_version_ = false;
  bool is_complete_ = false;
  const CLI::App* incomplete_ = nullptr;
};

}  // namespace

Result<Options> parse_command_line(int count, const char* const* words) {
  Options options;
  return Parser(options).parse(count, words);
}

Language language_of(const Options& options, Language otherwise) {
  if (options.language) return *options.language;
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    if (std::string_view(value).starts_with("fr")) return Language::French;
    if (std::string_view(value).starts_with("en")) return Language::English;
    return otherwise;  // C, POSIX, or a language that we do not speak.
  }
  return otherwise;
}

}  // namespace relance
