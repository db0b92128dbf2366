#include "imager/deploy/system_files.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::size_t kLongestHostName = 63;  // RFC 1035, a label.

bool is_word(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         letter == '-' || letter == '.' || letter == '_';
}

Bytes bytes_of(std::string_view text) { return {as_bytes(text).begin(), as_bytes(text).end()}; }

std::string_view first_word(std::string_view text) {
  const auto begin = std::find_if(text.begin(), text.end(), is_word);
  return {begin, std::find_if_not(begin, text.end(), is_word)};
}

}  // namespace

std::string host_name(std::string_view machine_number) {
  const std::size_t dash = machine_number.rfind('-');  // In front of the check digit.
  std::string name;
  for (const char letter : machine_number.substr(0, dash)) {
    if (letter >= 'A' && letter <= 'Z') name.push_back(static_cast<char>(letter - 'A' + 'a'));
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) name.push_back(letter);
    if (letter == '-' && !name.empty()) name.push_back(letter);
  }
  if (name.size() > kLongestHostName) name.erase(0, name.size() - kLongestHostName);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

std::string renamed_hosts(std::string_view hosts, std::string_view old_name, std::string_view new_name) {
  std::string renamed;
  while (!hosts.empty()) {
    const std::string_view word = first_word(hosts);
    const std::size_t before = static_cast<std::size_t>(word.begin() - hosts.begin());
    renamed += hosts.substr(0, before);
    renamed += word == old_name && !word.empty() && word != "localhost" ? new_name : word;
    hosts.remove_prefix(before + word.size());
  }
  return renamed;
}

std::vector<FileWish> system_files(const ContentRequest& request, const SystemAsDeployed& held) {
  std::vector<FileWish> files;
  const std::string name = host_name(request.number);
  if (!name.empty()) {
    files.push_back({kHostnameFile, bytes_of(name + "\n")});
    if (held.hostname && held.hosts) {
      const std::string hosts = renamed_hosts(as_text(*held.hosts), first_word(as_text(*held.hostname)), name);
      files.push_back({kHostsFile, bytes_of(hosts)});
    }
    files.push_back({kFirstBootFile, bytes_of(request.number + "\n")});
  }
  if (held.has_machine_id) files.push_back({kMachineIdFile, {}, 0444});
  if (request.statement) {
    files.push_back({kStatementFile, request.statement->text});
    if (!request.statement->signature.empty()) files.push_back({kStatementSignatureFile, request.statement->signature});
  }
  if (!request.trial_word.empty()) {
    files.push_back({kTrialFile, bytes_of(request.number + "\n" + request.trial_word + "\n")});
    files.push_back({trial_name_file(request.trial_word), {}});
  }
  return files;
}

}  // namespace relance
