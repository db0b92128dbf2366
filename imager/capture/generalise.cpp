#include "imager/capture/generalise.h"

#include <algorithm>
#include <array>

#include "imager/capture/accounts.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestText = 1 << 20;
constexpr unsigned kDeepest = 50;

enum class Action : std::uint8_t {
  Remove,  // The file, the link or the whole tree.
  Empty,   // What is in the folder; the folder stays.
  Files,   // The files in the folder and in its folders, which stay.
  Match,   // What in the folder begins like that.
  Clear    // The file stays and is empty.
};
struct Rule {
  Action action;
  std::string_view path;
  std::string_view what;
  std::string_view beginning = {};
};
// After what virt-sysprep, cloud images and Debian's live images take out; facts in the file names of each program.
constexpr std::array kRules = {
    Rule{Action::Clear, "etc/machine-id", "machine id"},
    Rule{Action::Remove, "var/lib/dbus/machine-id", "machine id"},
    Rule{Action::Match, "etc/ssh", "ssh host key", "ssh_host_"},
    Rule{Action::Remove, "var/lib/systemd/random-seed", "random seed"},
    Rule{Action::Remove, "var/lib/urandom/random-seed", "random seed"},
    Rule{Action::Remove, "var/lib/systemd/credential.secret", "host secret"},
    Rule{Action::Empty, "var/lib/systemd/coredump", "core dumps"},
    Rule{Action::Empty, "etc/NetworkManager/system-connections", "network with its secret"},
    Rule{Action::Match, "etc/netplan", "network with its secret", "90-NM-"},
    Rule{Action::Match, "etc/wpa_supplicant", "Wi-Fi secret", "wpa_supplicant"},
    Rule{Action::Empty, "var/lib/NetworkManager", "network leases and secrets"},
    Rule{Action::Empty, "var/lib/dhcp", "network leases"},
    Rule{Action::Empty, "var/lib/bluetooth", "paired Bluetooth devices"},
    Rule{Action::Empty, "var/lib/iwd", "Wi-Fi secret"},
    Rule{Action::Match, "etc/udev/rules.d", "names of that PC's devices", "70-persistent-"},
    Rule{Action::Empty, "var/log/journal", "system journal"},
    Rule{Action::Files, "var/log", "log"},
    Rule{Action::Empty, "var/crash", "crash reports"},
    Rule{Action::Empty, "var/mail", "mail"},
    Rule{Action::Files, "var/spool/cups", "printed documents"},
    Rule{Action::Empty, "var/spool/cron/crontabs", "timetables of accounts"},
    Rule{Action::Empty, "var/lib/AccountsService/users", "settings of accounts"},
    Rule{Action::Empty, "var/lib/AccountsService/icons", "pictures of accounts"},
    Rule{Action::Empty, "var/lib/lightdm-data", "settings of accounts"},
    Rule{Action::Empty, "var/lib/lightdm", "settings of accounts"},
    Rule{Action::Empty, "var/lib/gdm3", "settings of accounts"},
    Rule{Action::Empty, "var/lib/sddm", "settings of accounts"},
    Rule{Action::Empty, "var/lib/sudo", "records of accounts"},
    Rule{Action::Empty, "var/tmp", "temporary files"},
    Rule{Action::Empty, "tmp", "temporary files"},
    Rule{Action::Remove, "etc/passwd-", "earlier list of accounts"},
    Rule{Action::Remove, "etc/shadow-", "earlier list of accounts"},
    Rule{Action::Remove, "etc/group-", "earlier list of accounts"},
    Rule{Action::Remove, "etc/gshadow-", "earlier list of accounts"},
    Rule{Action::Remove, "etc/subuid-", "earlier list of accounts"},
    Rule{Action::Remove, "etc/subgid-", "earlier list of accounts"},
};

// In a home folder that stays.
struct Secret {
  std::string_view name;
  std::string_view what;
};
constexpr std::array kSecrets = {
    Secret{".ssh", "ssh keys"},
    Secret{".gnupg", "OpenPGP keys"},
    Secret{".mozilla", "browser"},
    Secret{".thunderbird", "mail"},
    Secret{".config/google-chrome", "browser"},
    Secret{".config/chromium", "browser"},
    Secret{".cache", "cache"},
    Secret{".bash_history", "history"},
    Secret{".zsh_history", "history"},
    Secret{".python_history", "history"},
    Secret{".lesshst", "history"},
    Secret{".viminfo", "history"},
    Secret{".wget-hsts", "history"},
    Secret{".local/share/recently-used.xbel", "history"},
    Secret{".local/share/keyrings", "passwords"},
    Secret{".local/share/Trash", "thrown away files"},
    Secret{".local/share/gvfs-metadata", "history"},
    Secret{".config/pulse", "names of that PC's devices"},
    Secret{".pki", "certificates"},
    Secret{".netrc", "passwords"},
    Secret{".Xauthority", "session"},
    Secret{".ICEauthority", "session"},
    Secret{".xsession-errors", "log"},
    Secret{".xsession-errors.old", "log"},
    Secret{".sudo_as_admin_successful", "history"},
};

// sshd without host keys does not start; -A makes those that are missing, on each PC its own.
constexpr std::string_view kMakeHostKeys = "etc/systemd/system/ssh.service.d/relance-host-keys.conf";
constexpr std::string_view kMakeHostKeysText =
    "[Service]\n"
    "ExecStartPre=\n"
    "ExecStartPre=/usr/bin/ssh-keygen -A\n"
    "ExecStartPre=/usr/sbin/sshd -t\n";

class Generaliser {
 public:
  Generaliser(Ext4Editor& system, const GeneraliseWish& wish) : system_(system), wish_(wish) {}

  Result<std::vector<Removed>> run() {
    for (const Rule& rule : kRules) TRY(follow(rule));
    TRY(remove_accounts());
    TRY(clean_home("root"));
    for (const std::string& kept : wish_.kept_accounts) TRY(clean_home("home/" + kept));
    const bool had_host_keys = std::any_of(removed_.begin(), removed_.end(), [](const Removed& each) {
      return each.path.starts_with("/etc/ssh/ssh_host_");
    });
    if (had_host_keys) TRY(system_.write(std::string(kMakeHostKeys), as_bytes(kMakeHostKeysText)));
    return std::move(removed_);
  }

 private:
  void note(const std::string& path, std::string_view what) { removed_.push_back({"/" + path, std::string(what)}); }

  Result<void> remove(const std::string& path, std::string_view what) {
    const bool was_there = TRY(system_.remove(path));
    if (was_there) note(path, what);
    return {};
  }

  Result<void> follow(const Rule& rule) {
    const std::string path(rule.path);
    switch (rule.action) {
      case Action::Remove:
        return remove(path, rule.what);
      case Action::Files:
        return remove_files(path, rule.what, 0);
      case Action::Clear: {
        const std::optional<Bytes> content = TRY(system_.read(path, kLargestText));
        if (!content || content->empty()) return {};
        TRY(system_.write(path, {}));
        note(path, rule.what);
        return {};
      }
      case Action::Empty:
      case Action::Match: {
        const std::vector<FolderEntry> entries = TRY(system_.list(path));
        for (const FolderEntry& entry : entries)
          if (entry.name.starts_with(rule.beginning)) TRY(remove(path + "/" + entry.name, rule.what));
        return {};
      }
    }
    return {};
  }

  Result<void> remove_files(const std::string& folder, std::string_view what, unsigned depth) {
    if (depth == kDeepest) return {};
    const std::vector<FolderEntry> entries = TRY(system_.list(folder));
    for (const FolderEntry& entry : entries) {
      const std::string path = folder + "/" + entry.name;
      if (entry.kind == FolderEntry::Kind::Folder) TRY(remove_files(path, what, depth + 1));
      if (entry.kind == FolderEntry::Kind::File) TRY(remove(path, what));
    }
    return {};
  }

  Result<void> clean_home(const std::string& home) {
    for (const Secret& secret : kSecrets) TRY(remove(home + "/" + std::string(secret.name), secret.what));
    return {};
  }

  Result<void> remove_accounts() {
    const std::optional<Bytes> passwd = TRY(system_.read("etc/passwd", kLargestText));
    if (!passwd) return {};
    const std::vector<Account> gone = accounts_that_go(as_text(*passwd), wish_.kept_accounts);
    for (const AccountFile& file : kAccountFiles) {
      const std::string path(file.path);
      const std::optional<Bytes> text = TRY(system_.read(path, kLargestText));
      if (!text) continue;
      const std::string without = without_accounts(file, as_text(*text), gone);
      if (without != as_text(*text)) TRY(system_.write(path, as_bytes(without)));
      if (path == "etc/shadow" && has_root_password(as_text(*text))) note(path, "password of root");
    }
    for (const Account& account : gone) {
      note("etc/passwd", "account " + account.name + " (" + std::to_string(account.number) + ")");
      const bool has_home = account.home.starts_with("/home/") && account.home.find("..") == std::string::npos;
      if (has_home) TRY(remove(account.home.substr(1), "files of account " + account.name));
    }
    return {};
  }

  Ext4Editor& system_;
  const GeneraliseWish& wish_;
  std::vector<Removed> removed_;
};

}  // namespace

Result<std::vector<Removed>> generalise(Ext4Editor& system, const GeneraliseWish& wish) {
  return Generaliser(system, wish).run();
}

}  // namespace relance
