package io.mooring.kas.config;

import java.time.Duration;

/**
 * How manifests are read.
 *
 * @param pollPeriod time between two looks at a repository when no push was reported
 * @param projectInfoCacheTtl how long a good answer about a project is believed; zero asks every
 *     time
 * @param projectInfoCacheErrorTtl how long a refusal is believed
 * @param maxManifestFileSize in bytes
 * @param maxTotalManifestFileSize in bytes, all files of one synchronisation together
 * @param maxNumberOfPaths globs and files that one request may name
 * @param maxNumberOfFiles files that one synchronisation may hold
 */
public record GitopsSettings(
    Duration pollPeriod,
    Duration projectInfoCacheTtl,
    Duration projectInfoCacheErrorTtl,
    long maxManifestFileSize,
    long maxTotalManifestFileSize,
    long maxNumberOfPaths,
    long maxNumberOfFiles) {

  static GitopsSettings read(Section section) {
    return new GitopsSettings(
        section.duration(
            "poll_period",
            Duration.ofMinutes(5),
            "How often a repository with manifests is looked at when no push was reported."),
        section.duration(
            "project_info_cache_ttl",
            Duration.ofMinutes(5),
            "How long GitLab's answer about a manifest project is believed. `0s` asks every time."),
        section.duration(
            "project_info_cache_error_ttl",
            Duration.ofMinutes(1),
            "How long GitLab's refusal of a manifest project (401, 403, 404) is believed, by all replicas."),
        section.number(
            "max_manifest_file_size", 5 * 1024 * 1024, "Largest manifest file, in bytes."),
        section.number(
            "max_total_manifest_file_size",
            20 * 1024 * 1024,
            "Largest sum of the manifest files of one project, in bytes."),
        section.number(
            "max_number_of_paths", 100, "How many globs and files an agent may ask for at once."),
        section.number(
            "max_number_of_files", 1000, "How many manifest files one project may hold."));
  }
}
