/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  // The HTTP contracts answer with and without a trailing slash; a redirected POST would lose its body.
  skipTrailingSlashRedirect: true,
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  serverExternalPackages: ['postgres', '@napi-rs/canvas'],
  // AVIF stays out: the optimizer's decoder had a remote code execution hole in 2026.
  images: { formats: ['image/webp'] },
};

export default nextConfig;
