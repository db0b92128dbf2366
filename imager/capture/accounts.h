#pragma once
// The text files that know accounts (passwd(5), shadow(5), group(5), gshadow(5), subuid(5)), without those that go.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relance {

struct Account {
  std::string name;
  std::uint32_t number = 0;
  std::string home;
};

// People's: numbers 1000 to 59999 (Debian policy 9.2.2). `kept` stay.
std::vector<Account> accounts_that_go(std::string_view passwd, std::span<const std::string> kept);

struct AccountFile {
  std::string_view path;
  bool has_members = false;    // Field 4 is a list of names, and groups of their own go with their accounts.
  bool has_passwords = false;  // Field 2 is a hash; root's goes.
};
inline constexpr std::array kAccountFiles = {
    AccountFile{"etc/passwd"},      AccountFile{"etc/shadow", false, true},
    AccountFile{"etc/group", true}, AccountFile{"etc/gshadow", true},
    AccountFile{"etc/subuid"},      AccountFile{"etc/subgid"},
};
std::string without_accounts(const AccountFile& file, std::string_view text, std::span<const Account> gone);

bool has_root_password(std::string_view shadow);

}  // namespace relance
