export type SignInFault = { title: string; advice: string };

/** The codes next-auth puts in `?error=`, in words: what happened and what to do next. */
export function signInFault(code: string | undefined): SignInFault | null {
  switch (code) {
    case undefined:
    case '':
      return null;
    case 'Callback':
    case 'AccessDenied':
      return {
        title: 'Sign-in was cancelled',
        advice: 'Nothing was shared. Press “Continue with Facebook” when you want to try again.',
      };
    case 'OAuthCallback':
    case 'OAuthSignin':
      return {
        title: 'That sign-in could not be finished',
        advice:
          'The link may have been used before, or the sign-in began in another tab or too long ago. Start again from here; it takes a moment.',
      };
    case 'OAuthAccountNotLinked':
    case 'OAuthCreateAccount':
      return {
        title: 'This account could not be set up',
        advice: 'Another account here already uses the same e-mail address. Sign in the way you did the first time.',
      };
    case 'SessionRequired':
      return { title: 'Sign in to go on', advice: 'That page is only for people who are signed in.' };
    case 'Configuration':
      return {
        title: 'Sign-in is not set up',
        advice: 'The owner of this site has to check its Facebook settings. Listening works without signing in.',
      };
    default:
      return { title: 'Sign-in did not work', advice: 'Please start again. Listening works without signing in.' };
  }
}
