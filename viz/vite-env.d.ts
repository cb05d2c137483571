/// <reference types="vite/client" />
declare module '*?worker&inline' {
  const create: new () => Worker
  export default create
}
